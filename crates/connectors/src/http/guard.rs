//! Which addresses a connection may reach.
//!
//! A host is a setting, and settings are typed by people: without this guard a connection could be pointed at a cloud's
//! metadata service or at a database next door, and its answers read in the exchange log.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// How far an environment's calls may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The open internet, over TLS only.
    Global,
    /// Also loopback and private networks, for simulators; plain HTTP on loopback only.
    Private,
}

/// Whether this address may be called at all.
///
/// # Errors
/// Why not, for people.
pub fn check(url: &Url, reach: Reach) -> Result<(), String> {
    let shown = shown(url);
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("{shown} carries a user name; enter credentials in their own fields"));
    }
    let host = url.host().ok_or_else(|| format!("{shown} has no host"))?;
    let loopback = match &host {
        Host::Domain(name) => is_localhost(name),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback && reach == Reach::Private => {}
        "http" => return Err(format!("{shown} is plain http; use https")),
        other => return Err(format!("{shown} has the scheme {other}; use https")),
    }
    match host {
        Host::Domain(name) if is_localhost(name) && reach == Reach::Global => {
            Err(format!("{shown} is this machine; this environment only calls hosts on the internet"))
        }
        Host::Domain(_) => Ok(()),
        Host::Ipv4(ip) => allowed_or(IpAddr::V4(ip), reach, &shown),
        Host::Ipv6(ip) => allowed_or(IpAddr::V6(ip), reach, &shown),
    }
}

/// Whether an address that a name resolved to may be connected to.
pub fn allowed(ip: IpAddr, reach: Reach) -> bool {
    let ip = plain(ip);
    is_global(ip) || (reach == Reach::Private && (ip.is_loopback() || is_private(ip)))
}

fn allowed_or(ip: IpAddr, reach: Reach, shown: &str) -> Result<(), String> {
    if allowed(ip, reach) {
        return Ok(());
    }
    Err(format!("{shown} is not an address on the internet, and this environment calls no others"))
}

/// Scheme, host and port: enough to recognise an address without its query.
fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

/// The IPv4 address inside an IPv6 one, where there is one: mapped, compatible, NAT64 and 6to4 lead to it.
fn plain(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    let s = v6.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        _ => ip,
    }
}

/// RFC 1918 and unique local addresses. Link-local ones are never meant: cloud metadata services live there.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.segments()[0] & 0xfe00 == 0xfc00,
    }
}

/// Globally reachable unicast, after the special-purpose registries of IANA (RFC 6890 and its updates).
fn is_global(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => is_global_v4(v4),
        IpAddr::V6(v6) => is_global_v6(v6),
    }
}

fn is_global_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = a == 0
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a >= 240
        || (a == 100 && b & 0xc0 == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && b & 0xfe == 18);
    !special
}

fn is_global_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    // only 2000::/3 is assigned as global unicast
    let assigned = s[0] & 0xe000 == 0x2000;
    let special = (s[0] == 0x2001 && (s[1] < 0x200 || s[1] == 0xdb8)) || s[0] == 0x3fff;
    assigned && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str, reach: Reach) -> Result<(), String> {
        check(&url.parse().expect(url), reach)
    }

    #[test]
    fn the_internet_is_reached_over_tls_only() {
        for url in ["https://api.sbx.avalara.com", "https://8.8.8.8/x", "https://[2a00:1450:4001::1]"] {
            assert_eq!(at(url, Reach::Global), Ok(()), "{url}");
        }
        for url in ["http://api.sbx.avalara.com", "ftp://api.sbx.avalara.com", "https://a:b@api.avalara.com"]
        {
            assert!(at(url, Reach::Global).is_err(), "{url}");
            assert!(at(url, Reach::Private).is_err(), "{url}");
        }
    }

    #[test]
    fn no_spelling_of_an_inner_address_gets_past_the_guard() {
        for host in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.9",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "2130706433",
            "0x7f.1",
            "localhost",
            "a.localhost",
            "localhost.",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a00:1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[::127.0.0.1]",
            "[fc00::1]",
            "[fe80::1]",
            "[2001:db8::1]",
            "[ff02::1]",
            "[2001::1]",
        ] {
            assert!(at(&format!("https://{host}/"), Reach::Global).is_err(), "{host}");
        }
    }

    #[test]
    fn a_simulator_may_live_on_loopback_or_a_private_network_but_never_link_local() {
        for url in ["http://127.0.0.1:18081", "http://localhost:1", "http://[::1]:1", "https://10.1.2.3"] {
            assert_eq!(at(url, Reach::Private), Ok(()), "{url}");
        }
        for url in ["http://10.1.2.3", "https://169.254.169.254", "https://[fe80::1]", "https://0.0.0.0"] {
            assert!(at(url, Reach::Private).is_err(), "{url}");
        }
    }
}
