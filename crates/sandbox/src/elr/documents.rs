//! `GET /einvoicing/documents/{id}/status`.

use std::sync::Arc;

use axum::extract::{Path, State};

use super::answer::Refusal;
use super::{Answer, Elr, json_answer};

/// Client: DocumentsApi.get_document_status. Shape and spelling as in `GetResponse*.txt` and `UnitTest_Status*.txt`.
pub(super) async fn status(State(elr): State<Arc<Elr>>, Path(id): Path<String>) -> Answer {
    let now = elr.now();
    let document = elr.documents_read().get_listed(&id, now);
    let document = document.ok_or_else(|| Refusal::unknown(format!("Document {id} was not found.")))?;
    json_answer(&document.status_answer(now))
}
