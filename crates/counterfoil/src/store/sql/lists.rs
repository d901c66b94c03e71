//! Lists for people, and the whole progress for comparisons.

use counterfoil_core::Problem;
use counterfoil_core::delivery::Seen;
use counterfoil_core::digest::Digest;
use counterfoil_core::plan::Plan;

use super::Connection;
use crate::demo::compare::Ours;
use crate::store::error::Result;
use crate::store::rows::State;
use crate::store::types::{Json, Word};

/// Every document's progress, in the order it came.
pub async fn all_progress(connection: &mut Connection) -> Result<Vec<Ours>> {
    type Row = (
        String,
        Option<String>,
        String,
        Option<String>,
        Option<Json<Seen>>,
        Option<String>,
        Option<Word<Digest>>,
        Json<Vec<Problem>>,
    );
    let rows: Vec<Row> = sqlx::query_as(
        "select d.key, d.number, s.state, s.plan, v.seen, v.external_id, v.outbound, d.problems from sync s \
         join document d on d.id = s.document left join delivery v on v.sync = s.id order by s.id",
    )
    .fetch_all(connection)
    .await?;
    let line = |(source, number, state, plan, seen, external_id, outbound, of_document): Row| {
        let plan = plan.and_then(|text| serde_json::from_str(&text).ok());
        let problems = match plan {
            Some(Plan::Blocked { problems, .. }) => problems,
            _ => of_document.0,
        };
        let present = matches!(seen, Some(Json(Seen::Present { .. })));
        let state = State::of(&state).unwrap_or(State::Due);
        Ours { source, number, state, external_id, outbound: outbound.map(|digest| digest.0), present, problems }
    };
    Ok(rows.into_iter().map(line).collect())
}

/// How many exchanges are logged.
pub async fn exchange_count(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from exchange").fetch_one(connection).await?)
}
