//! Avalara E-Invoicing and Live Reporting (ELR): legal e-invoices by mandate.
//!
//! Quirks, each met in the vendor's documents or recorded answers: counts are numbers or text; instants have a colon or a
//! point before the milliseconds and are kept as text; the list covers the whole tenant, so the company is compared here;
//! errors come in four shapes, and sometimes as HTML; statuses are open words.

mod client;
mod map;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use counterfoil_core::Problem;
use counterfoil_core::backoff::Backoff;
use counterfoil_core::delivery::ExternalId;
use counterfoil_core::descriptor::{Capability, Descriptor, Environment, Field, Waits};
use counterfoil_core::document::Kind;
use counterfoil_core::fault::{Fault, FaultClass};
use counterfoil_core::mandate::{Activation, Company, Endpoint, InputField, MandateOffer, Receiver};
use counterfoil_core::outbound::{Label, Outbound};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::port::{Attempt, Connector, EInvoicing, Opening, Status, System, Verdict};
use client::Client;

/// Avalara's own time-outs are not published; ours for a submission and for believing its absence are generous.
const LIVE: Waits = Waits {
    // Avalara's certification: at least ten seconds between submission and first status.
    first_status: SignedDuration::from_secs(12),
    status: SignedDuration::from_secs(20),
    status_longest: SignedDuration::from_hours(1),
    after_doubt: SignedDuration::from_mins(6),
    timeout: SignedDuration::from_secs(100),
    again: SignedDuration::from_mins(15),
    backoff: Backoff { first: SignedDuration::from_secs(10), longest: SignedDuration::from_mins(30) },
};

/// Waits against a simulator on this machine.
const SIMULATED: Waits = Waits {
    first_status: SignedDuration::from_millis(400),
    status: SignedDuration::from_millis(400),
    status_longest: SignedDuration::from_secs(2),
    after_doubt: SignedDuration::from_millis(3500),
    timeout: SignedDuration::from_millis(2500),
    again: SignedDuration::from_secs(5),
    backoff: Backoff { first: SignedDuration::from_millis(200), longest: SignedDuration::from_secs(3) },
};

static ENVIRONMENTS: &[Environment] = &[
    Environment {
        name: "production",
        binding: true,
        hosts: &[("api", "https://api.avalara.com"), ("identity", "https://identity.avalara.com")],
        waits: LIVE,
        lane: 8,
        calls_per_minute: None,
    },
    Environment {
        name: "sandbox",
        binding: false,
        hosts: &[("api", "https://api.sbx.avalara.com"), ("identity", "https://ai-sbx.avlr.sh")],
        waits: LIVE,
        lane: 8,
        calls_per_minute: None,
    },
    Environment {
        name: "simulated",
        binding: false,
        hosts: &[("api", ""), ("identity", "")],
        waits: SIMULATED,
        lane: 32,
        calls_per_minute: None,
    },
];

/// What it is.
pub static CONNECTOR: Connector = Connector {
    descriptor: Descriptor {
        system: "elr",
        name: "Avalara ELR",
        about: "Submits legal e-invoices per mandate and follows them to their final status.",
        capabilities: &[Capability::EInvoicing],
        fields: &[
            Field {
                key: "client_id",
                title: "Client id",
                help: "From the Integrations tab of the Avalara portal; sandbox and production differ.",
                secret: true,
                required: true,
            },
            Field {
                key: "client_secret",
                title: "Client secret",
                help: "Only one is valid at a time: a new one revokes the old one at once.",
                secret: true,
                required: true,
            },
            Field {
                key: "webhook_secret",
                title: "Webhook key",
                help: "The key given with the webhook subscription; calls that are not signed with it are refused.",
                secret: true,
                required: false,
            },
        ],
        environments: ENVIRONMENTS,
        links: &[
            (
                "Integration guide",
                "https://developer.avalara.com/products/e-invoicing/integration-guides/elr/",
            ),
            ("Certification", "https://developer.avalara.com/certification/avatax/e-invoicing-badge/"),
        ],
    },
    open,
};

fn open(opening: Opening) -> Result<Arc<dyn System>, Problem> {
    Ok(Arc::new(Elr { client: Client::new(opening)? }))
}

struct Elr {
    client: Client,
}

#[async_trait]
impl System for Elr {
    async fn check(&self, attempt: &Attempt) -> Result<Vec<Company>, Fault> {
        Ok(self.client.companies(attempt).await?.into_iter().map(map::company).collect())
    }

    fn einvoicing(&self) -> Option<&dyn EInvoicing> {
        Some(self)
    }
}

#[async_trait]
impl EInvoicing for Elr {
    async fn mandates(&self, attempt: &Attempt) -> Result<Vec<MandateOffer>, Fault> {
        Ok(self.client.mandates(attempt).await?.into_iter().filter_map(map::offer).collect())
    }

    async fn input_fields(
        &self,
        attempt: &Attempt,
        mandate: &str,
        kind: Kind,
    ) -> Result<Vec<InputField>, Fault> {
        let fields = self.client.input_fields(attempt, mandate, map::data_format(kind)).await?;
        Ok(fields.into_iter().map(map::input_field).collect())
    }

    async fn activation(&self, attempt: &Attempt, mandate: &str) -> Result<Activation, Fault> {
        let registrations = self.client.registrations(attempt).await?;
        Ok(map::activation(&registrations, self.client.company(), mandate))
    }

    async fn receivers(
        &self,
        attempt: &Attempt,
        endpoint: Option<&Endpoint>,
        name: &str,
    ) -> Result<Vec<Receiver>, Fault> {
        let sought = map::sought(endpoint, name);
        if sought.is_empty() {
            return Ok(Vec::new());
        }
        let partners = self.client.trading_partners(attempt, &sought).await?;
        let receivers = partners.into_iter().map(map::receiver);
        Ok(match endpoint {
            Some(endpoint) => receivers.filter(|receiver| map::answers_to(receiver, endpoint)).collect(),
            None => receivers.collect(),
        })
    }

    fn can_receive(&self, receiver: &Receiver, kind: Kind) -> bool {
        map::can_receive(receiver, kind)
    }

    async fn submit(&self, attempt: &Attempt, outbound: &Outbound) -> Result<ExternalId, Fault> {
        let metadata = map::metadata(&outbound.label);
        self.client.submit(attempt, &metadata, &outbound.bytes).await
    }

    async fn find(
        &self,
        attempt: &Attempt,
        label: &Label,
        since: Timestamp,
    ) -> Result<Vec<ExternalId>, Fault> {
        let filter = map::number_filter(&label.number);
        let listed = self.client.list(attempt, Some(&filter), since).await?;
        if listed.is_empty() && !map::is_plain(&label.number) {
            // how Avalara reads quotes in a filter is not documented: "not there" is believed of the whole list only
            let all = self.client.list(attempt, None, since).await?;
            return map::candidates(all, label);
        }
        map::candidates(listed, label)
    }

    async fn is_ours(&self, attempt: &Attempt, id: &ExternalId, outbound: &[u8]) -> Result<bool, Fault> {
        let there = self.client.download(attempt, id, map::UBL).await;
        let there = match there {
            // Nothing to compare yet. Refused, it is followed to its messages; still at work, it is looked at again later.
            Err(fault) if fault.class == FaultClass::Absent => {
                let status = map::status(self.client.status(attempt, id).await?);
                return if matches!(status.verdict, Verdict::Failed { .. }) { Ok(true) } else { Err(fault) };
            }
            other => other?,
        };
        Ok(there == outbound || map::same_terms(&there, outbound))
    }

    async fn status(&self, attempt: &Attempt, id: &ExternalId) -> Result<Status, Fault> {
        Ok(map::status(self.client.status(attempt, id).await?))
    }

    async fn download(&self, attempt: &Attempt, id: &ExternalId, media_type: &str) -> Result<Vec<u8>, Fault> {
        self.client.download(attempt, id, media_type).await
    }

    fn webhook(
        &self,
        headers: &[(String, String)],
        body: &[u8],
        secret: &SecretString,
    ) -> Result<Vec<ExternalId>, String> {
        map::webhook(headers, body, secret)
    }
}
