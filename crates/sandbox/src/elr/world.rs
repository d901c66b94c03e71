//! The tenant: its companies with their registrations, and the directory of trading partners.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::mandates::Mandate;
use super::partners::{Partner, TradingPartner};
use crate::seed::Seed;

/// Companies, partners and identifiers of one company that the world holds at most.
const MAX_COMPANIES: usize = 10_000;
const MAX_PARTNERS: usize = 100_000;
const MAX_IDENTIFIERS: usize = 50;

/// The company of the recorded answers, to which the seeded document belongs.
pub(super) const RECORDED_COMPANY: &str = "610f55f3-76b6-42eb-a697-2b0b2e02a5bf";

#[derive(Debug)]
pub(super) struct World {
    seed: Seed,
    pub(super) companies: Vec<Company>,
    pub(super) partners: Vec<Partner>,
}

#[derive(Debug)]
pub(super) struct Company {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) code: String,
    pub(super) country: String,
    pub(super) created: Timestamp,
    /// How its documents name it: VAT and registration numbers, electronic addresses (`9932:GB123456789`), names.
    identifiers: Vec<Identifier>,
    pub(super) registrations: Vec<Registration>,
}

#[derive(Debug, Clone)]
pub(super) struct Identifier {
    pub(super) scheme: String,
    pub(super) value: String,
}

#[derive(Debug)]
pub(super) struct Registration {
    pub(super) mandate: &'static Mandate,
    pub(super) completed: bool,
}

/// What `POST /seed/elr/companies` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanyWish {
    name: String,
    code: String,
    country: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    identifiers: Vec<IdentifierWish>,
    #[serde(default)]
    mandates: Vec<String>,
    #[serde(default)]
    pending: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum IdentifierWish {
    Text(String),
    #[serde(rename_all = "camelCase")]
    Parts {
        #[serde(alias = "scheme", alias = "scheme_id", default)]
        scheme_id: Option<String>,
        #[serde(alias = "identifier")]
        value: String,
    },
}

impl Company {
    /// Whether one of a document's names for its supplier, already made plain, is a name of this company. A scheme counts
    /// only when both sides give one.
    fn is_named(&self, scheme: Option<&str>, value: &str) -> bool {
        let same_scheme =
            |own: &str| own.is_empty() || scheme.is_none_or(|scheme| scheme.is_empty() || scheme == own);
        !value.is_empty() && self.identifiers.iter().any(|own| own.value == value && same_scheme(&own.scheme))
    }

    pub(super) fn registration(&self, mandate: &Mandate) -> Option<&Registration> {
        self.registrations.iter().find(|registration| registration.mandate.id == mandate.id)
    }

    /// The identifier shown in registrations: the first that is not an electronic address, else the first.
    pub(super) fn main_identifier(&self) -> &str {
        let named = self.identifiers.iter().find(|own| own.scheme.is_empty()).or(self.identifiers.first());
        named.map_or("", |own| own.value.as_str())
    }
}

impl World {
    pub(super) fn bare(seed: Seed) -> World {
        World { seed, companies: Vec::new(), partners: Vec::new() }
    }

    /// A seller in Britain, one in Germany, one whose registration is still pending, one without any.
    pub(super) fn furnished(seed: Seed) -> World {
        let mut world = World::bare(seed);
        // The day the recorded company was created.
        let created = jiff::civil::date(2024, 4, 5)
            .at(16, 14, 37, 0)
            .to_zoned(TimeZone::UTC)
            .map_or(Timestamp::MIN, |at| at.timestamp());
        for wish in [
            json!({"id": RECORDED_COMPANY, "name": "Northwind Instruments Ltd", "code": "NORTHWIND", "country": "GB",
                "identifiers": ["GB777777771", "9932:GB777777771", "07654321"],
                "mandates": ["GB-B2B-PEPPOL", "GB-B2G-PEPPOL", "XX-SIM-PEPPOL", "XX-SIM-EN16931", "FR-B2B-REPORTING"]}),
            json!({"name": "Bergmann Messtechnik GmbH", "code": "BERGMANN", "country": "DE",
                "identifiers": ["DE123456788", "9930:DE123456788", "0088:4012345000009", "HRB 4711"],
                "mandates": ["DE-B2B-PEPPOL", "DE-B2G-PEPPOL", "DE-B2G-XRECHNUNG", "XX-SIM-EN16931"]}),
            json!({"name": "Ausstehend Handels GmbH", "code": "AUSSTEHEND", "country": "DE",
                "identifiers": ["DE987654325", "9930:DE987654325"], "mandates": [], "pending": ["DE-B2B-PEPPOL"]}),
            json!({"name": "Unregistered Pty Ltd", "code": "UNREGISTERED", "country": "AU", "identifiers": ["0151:51824753556"]}),
        ] {
            let seeded = world.seed_company(wish, created);
            debug_assert!(seeded.is_ok(), "{seeded:?}");
        }
        let both = ["invoice", "creditnote"];
        for (name, country, scheme, value, takes) in [
            ("Contoso Retail AG", "DE", "0088", "4098765000006", &both[..]),
            ("Fabrikam Stores Ltd", "GB", "9932", "GB123456789", &both[..]),
            ("Invoices Only BV", "NL", "0106", "12345678", &both[..1]),
            ("Silent Partner SAS", "FR", "0002", "552100554", &both[..0]),
        ] {
            let seeded = world.seed_partners(json!({"name": name, "country": country,
                "identifiers": [format!("{scheme}:{value}")], "accepts": takes}));
            debug_assert!(seeded.is_ok(), "{seeded:?}");
        }
        world
    }

    /// Adds a company, or replaces the one of the same code, which keeps its id.
    pub(super) fn seed_company(&mut self, wish: Value, now: Timestamp) -> Result<Value, String> {
        let wish: CompanyWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        if wish.identifiers.len() > MAX_IDENTIFIERS {
            return Err(format!("identifiers: no more than {MAX_IDENTIFIERS} for one company"));
        }
        let mut registrations = Vec::new();
        for (names, completed) in [(&wish.mandates, true), (&wish.pending, false)] {
            for name in names {
                let mandate =
                    Mandate::find(name).ok_or_else(|| format!("mandates: {name:?} is not simulated"))?;
                registrations.push(Registration { mandate, completed });
            }
        }
        let mut identifiers: Vec<Identifier> =
            wish.identifiers.into_iter().map(IdentifierWish::read).collect();
        identifiers.push(Identifier { scheme: NAME.to_owned(), value: plain(&wish.name) });
        let known = self.companies.iter().find(|known| known.code == wish.code).map(|known| known.id.clone());
        let id = wish.id.or(known).unwrap_or_else(|| self.seed.uuid(&["company", &wish.code]).to_string());
        let company = Company {
            id,
            name: wish.name,
            code: wish.code,
            country: wish.country,
            created: now,
            identifiers,
            registrations,
        };
        let shown = json!({"id": company.id, "name": company.name, "code": company.code});
        match self.companies.iter().position(|known| known.code == company.code) {
            Some(position) => self.companies[position] = company,
            None if self.companies.len() >= MAX_COMPANIES => {
                return Err(format!("no more than {MAX_COMPANIES} companies"));
            }
            None => self.companies.push(company),
        }
        Ok(shown)
    }

    /// Adds a trading partner: `{name, country, identifiers, accepts}` or the vendor's own TradingPartner.
    pub(super) fn seed_partners(&mut self, wish: Value) -> Result<Value, String> {
        if self.partners.len() >= MAX_PARTNERS {
            return Err(format!("no more than {MAX_PARTNERS} partners"));
        }
        let partner = if wish.get("supportedDocumentTypes").is_some() {
            serde_json::from_value::<TradingPartner>(wish).map_err(|error| error.to_string())?
        } else {
            TradingPartner::from_wish(wish)?
        };
        let partner = Partner::listed(self.seed, partner, self.partners.len());
        let shown = partner.describe();
        self.partners.push(partner);
        Ok(shown)
    }

    /// The company that most of a document's names for its supplier (scheme and value) belong to: companies of one
    /// group may share an address or a number. Of several, one that has activated the mandate, then the first.
    pub(super) fn company_named<'n>(
        &self,
        names: impl Iterator<Item = (Option<&'n str>, &'n str)>,
        mandate: Option<&Mandate>,
    ) -> Option<&Company> {
        let names: Vec<_> = names.map(|(scheme, value)| (scheme, plain(value))).collect();
        let activated = |company: &Company| {
            mandate.and_then(|mandate| company.registration(mandate)).is_some_and(|own| own.completed)
        };
        let mut best = (0, false);
        let mut found = None;
        for company in &self.companies {
            let matching = names.iter().filter(|(scheme, value)| company.is_named(*scheme, value)).count();
            if matching > 0 && (matching, activated(company)) > best {
                best = (matching, activated(company));
                found = Some(company);
            }
        }
        found
    }

    pub(super) fn describe(&self) -> Value {
        let company = |company: &Company| {
            json!({
                "id": company.id, "name": company.name, "code": company.code, "country": company.country,
                "identifiers": company.identifiers.iter().map(|own| format!("{}:{}", own.scheme, own.value)).collect::<Vec<_>>(),
                "mandates": company.registrations.iter()
                    .map(|own| json!({"mandate": own.mandate.id, "status": own.status()})).collect::<Value>(),
            })
        };
        json!({"companies": self.companies.iter().map(company).collect::<Value>(), "partners": self.partners.len()})
    }
}

/// The scheme under which a company's name stands among its identifiers.
pub(super) const NAME: &str = "name";

impl Registration {
    pub(super) fn status(&self) -> &'static str {
        if self.completed { "Completed" } else { "Pending" }
    }
}

impl IdentifierWish {
    /// `9932:GB123456789` is scheme and value; anything else is a value of any scheme.
    fn read(self) -> Identifier {
        match self {
            IdentifierWish::Parts { scheme_id, value } => {
                Identifier { scheme: scheme_id.unwrap_or_default(), value: plain(&value) }
            }
            IdentifierWish::Text(text) => match text.split_once(':') {
                Some((scheme, value))
                    if scheme.len() == 4 && scheme.bytes().all(|byte| byte.is_ascii_digit()) =>
                {
                    Identifier { scheme: scheme.to_owned(), value: plain(value) }
                }
                _ => Identifier { scheme: String::new(), value: plain(&text) },
            },
        }
    }
}

/// Identifiers are compared without spaces and without regard to case.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()
}
