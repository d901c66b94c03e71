//! Shared companies and registrations: which companies the tenant has and which mandates they activated.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use serde_json::{Map, Value, json};

use super::document::{seconds, utc_seconds};
use super::filter::Filter;
use super::page::{Count, Query};
use super::world::{Company, Registration};
use super::{Answer, Elr, json_answer};

/// `GET /scs/companies`, as recorded in `Companies.txt`: the count is always there and a number, `@nextLink` is not.
/// Paging with `$top` and `$skip` is [unverified].
pub(super) async fn list(State(elr): State<Arc<Elr>>, uri: Uri, headers: HeaderMap) -> Answer {
    let query = Query::of(&uri);
    let filter =
        Filter::parse(query.get("filter"), &["id", "companyName", "companyCode", "defaultCountry"], true)?;
    let world = elr.world_read();
    let of = |company: &Company, position| match position {
        0 => company.id.clone(),
        1 => company.name.clone(),
        2 => company.code.clone(),
        _ => company.country.clone(),
    };
    let holds = |company: &&Company| filter.holds(|position| Some(of(company, position).into()));
    let found: Vec<&Company> = world.companies.iter().filter(holds).collect();
    let mut answer = query
        .page(&headers, &found, ("@recordsetCount", Count::Number), |company| describe(&elr, company))?;
    answer["@recordsetCount"] = json!(found.len());
    if let Value::Object(fields) = &mut answer
        && fields.get("@nextLink").is_some_and(Value::is_null)
    {
        fields.remove("@nextLink");
    }
    json_answer(&answer)
}

fn describe(elr: &Elr, company: &Company) -> Value {
    let tenant = elr.seed.hex(&["tenant"], 24);
    let aspect = elr.seed.uuid(&["aspect", &company.id]);
    let aspects = if company.registrations.is_empty() {
        json!([])
    } else {
        json!([{
            "identifier": aspect, "displayName": format!("{} in ELR", company.name),
            "location": format!("/companies/{aspect}"), "namespace": "urn:avalara:systems:des",
        }])
    };
    let created = seconds(company.created);
    json!({
        "id": company.id,
        "companyName": company.name,
        "defaultCountry": company.country,
        "tenant": {
            "identifier": tenant, "displayName": "Simulated tenant",
            "location": format!("{}/iam/tenants/{tenant}", elr.base()),
        },
        "companyCode": company.code,
        "isActive": true,
        "aspects": aspects,
        "tags": [],
        "meta": {
            "createdBy": format!("app-{}", elr.seed.hex(&["author"], 24)), "created": created,
            "modifiedBy": format!("app-{}", elr.seed.hex(&["author"], 24)), "lastModified": created, "version": "",
        },
    })
}

/// `GET /orl/registrations`, as recorded in `UnitTest_Activation*.txt`: no count, no next link, one entry per company,
/// jurisdiction and status. `company.identifier` is the id of the company. Filtering by it, as
/// `$filter=company/identifier eq ID` or `companyId=ID`, is [unverified].
pub(super) async fn registrations(State(elr): State<Arc<Elr>>, uri: Uri) -> Answer {
    let query = Query::of(&uri);
    let filter = Filter::parse(query.get("filter"), &["company/identifier"], false)?;
    let wanted = query.get("companyId");
    let world = elr.world_read();
    let mut value = Vec::new();
    for company in &world.companies {
        let named = wanted.is_none_or(|id| id == company.id);
        if named && filter.holds(|_| Some(company.id.as_str().into())) {
            registrations_of(&elr, company, &mut value);
        }
    }
    json_answer(&json!({"value": value}))
}

fn registrations_of(elr: &Elr, company: &Company, value: &mut Vec<Value>) {
    let mut groups: Vec<(&str, bool, Vec<&Registration>)> = Vec::new();
    for registration in &company.registrations {
        let (country, completed) = (registration.mandate.country, registration.completed);
        match groups.iter_mut().find(|(place, done, _)| *place == country && *done == completed) {
            Some((_, _, group)) => group.push(registration),
            None => groups.push((country, completed, vec![registration])),
        }
    }
    for (country, completed, group) in groups {
        let id = elr.seed.uuid(&[
            "registration",
            &company.id,
            country,
            if completed { "done" } else { "pending" },
        ]);
        let mandates = group.iter().map(|own| {
            json!({"countryMandate": own.mandate.id, "countryCode": country, "mandateType": own.mandate.kind})
        });
        value.push(json!({
            "id": id,
            "registrationType": "Full",
            "registrationData": {
                "jurisdiction": country,
                "schemeId": "VAT",
                "identifier": company.main_identifier(),
                "fullAuthorityNetworkValue": group.first().map_or("", |own| own.mandate.interface),
            },
            "status": {
                "code": group.first().map_or("Pending", |own| own.status()),
                "message": if completed { "Activation completed" } else { "Awaiting verification" },
            },
            "company": {"displayName": company.name, "location": company.country, "identifier": company.id},
            "meta": Map::from_iter([
                ("lastModified".to_owned(), json!(utc_seconds(company.created))),
                ("location".to_owned(), json!(format!("/activations/{id}"))),
            ]),
            "mandates": mandates.collect::<Value>(),
        }));
    }
}
