//! What the collector can say: its codes, their statuses and texts.

use hyper::StatusCode;
use serde_json::json;

use crate::ingest::hec::{Wrong, WrongKind};
use crate::serve::http::Reply;

/// A code of the collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum HecCode {
    Success,
    TokenDisabled,
    TokenRequired,
    InvalidAuthorization,
    InvalidToken,
    NoData,
    InvalidFormat { number: usize },
    IncorrectIndex { number: usize },
    Internal,
    Busy,
    ChannelMissing,
    InvalidChannel,
    EventRequired { number: usize },
    EventBlank { number: usize },
    AckDisabled,
    IndexedFields { number: usize },
    QueryAuthorization,
    Healthy,
    Unhealthy,
    ShuttingDown,
}

impl HecCode {
    /// Code, status, text.
    fn parts(self) -> (u16, u16, &'static str) {
        match self {
            HecCode::Success => (0, 200, "Success"),
            HecCode::TokenDisabled => (1, 403, "Token disabled"),
            HecCode::TokenRequired => (2, 401, "Token is required"),
            HecCode::InvalidAuthorization => (3, 401, "Invalid authorization"),
            HecCode::InvalidToken => (4, 403, "Invalid token"),
            HecCode::NoData => (5, 400, "No data"),
            HecCode::InvalidFormat { .. } => (6, 400, "Invalid data format"),
            HecCode::IncorrectIndex { .. } => (7, 400, "Incorrect index"),
            HecCode::Internal => (8, 500, "Internal server error"),
            HecCode::Busy => (9, 503, "Server is busy"),
            HecCode::ChannelMissing => (10, 400, "Data channel is missing"),
            HecCode::InvalidChannel => (11, 400, "Invalid data channel"),
            HecCode::EventRequired { .. } => (12, 400, "Event field is required"),
            HecCode::EventBlank { .. } => (13, 400, "Event field cannot be blank"),
            HecCode::AckDisabled => (14, 400, "ACK is disabled"),
            HecCode::IndexedFields { .. } => (15, 400, "Error in handling indexed fields"),
            HecCode::QueryAuthorization => (16, 400, "Query string authorization is not enabled"),
            HecCode::Healthy => (17, 200, "HEC is healthy"),
            HecCode::Unhealthy => (18, 503, "HEC is unhealthy, queues are full"),
            HecCode::ShuttingDown => (23, 503, "Server is shutting down"),
        }
    }

    /// The event that it is about.
    fn number(self) -> Option<usize> {
        match self {
            HecCode::InvalidFormat { number }
            | HecCode::IncorrectIndex { number }
            | HecCode::EventRequired { number }
            | HecCode::EventBlank { number }
            | HecCode::IndexedFields { number } => Some(number),
            _ => None,
        }
    }

    /// As an answer.
    pub(in crate::serve) fn reply(self) -> Reply {
        let (code, status, text) = self.parts();
        let mut body = json!({"text": text, "code": code});
        if let Some(number) = self.number() {
            body["invalid-event-number"] = json!(number);
        }
        Reply::json(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &body)
    }
}

impl From<Wrong> for HecCode {
    fn from(wrong: Wrong) -> HecCode {
        let number = wrong.number;
        match wrong.kind {
            WrongKind::Format(_) => HecCode::InvalidFormat { number },
            WrongKind::NoEvent => HecCode::EventRequired { number },
            WrongKind::BlankEvent => HecCode::EventBlank { number },
            WrongKind::Fields => HecCode::IndexedFields { number },
        }
    }
}
