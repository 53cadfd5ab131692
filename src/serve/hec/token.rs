//! Tokens: who may send, and where to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::HecCode;
use crate::serve::auth::{basic, same};
use crate::serve::http::Request;

/// A token and what its input says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::serve) struct Token {
    /// The secret.
    pub(in crate::serve) value: String,
    /// Where events go that name no index; `main` where the input names none.
    pub(in crate::serve) index: String,
    /// The indexes that they may name; all where none is listed.
    pub(in crate::serve) indexes: Vec<String>,
    pub(in crate::serve) source: String,
    pub(in crate::serve) sourcetype: String,
    pub(in crate::serve) host: String,
    pub(in crate::serve) description: String,
    /// Indexer acknowledgment.
    pub(in crate::serve) use_ack: bool,
    /// `allowQueryStringAuth`.
    pub(in crate::serve) in_query: bool,
    pub(in crate::serve) disabled: bool,
}

/// The tokens by the names of their inputs.
#[derive(Debug)]
pub(in crate::serve) struct Tokens {
    list: Mutex<IndexMap<String, Token>>,
}

/// The name of the token that the server starts with.
pub(in crate::serve) const FIRST: &str = "muster";

impl Tokens {
    pub(super) fn new(first: Token) -> Tokens {
        Tokens { list: Mutex::new(IndexMap::from([(FIRST.to_string(), first)])) }
    }

    /// All of them.
    pub(in crate::serve) fn list(&self) -> MutexGuard<'_, IndexMap<String, Token>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of the input that has this token.
    pub(super) fn name_of(&self, value: &str) -> String {
        let list = self.list();
        list.iter().find(|(_, t)| t.value == value).map_or_else(|| FIRST.to_string(), |(name, _)| name.clone())
    }

    /// The token that a request carries.
    pub(super) fn of(&self, request: &Request) -> Result<Token, HecCode> {
        let mut headers = request.headers.get_all("authorization").iter();
        let (value, in_query) = match (headers.next(), headers.next()) {
            // Two of them contradict each other, whoever put the second one in.
            (_, Some(_)) => return Err(HecCode::InvalidAuthorization),
            (Some(header), None) => {
                let text = header.to_str().map_err(|_| HecCode::InvalidAuthorization)?;
                let (scheme, value) = text.trim().split_once(' ').ok_or(HecCode::InvalidAuthorization)?;
                match scheme.to_ascii_lowercase().as_str() {
                    "splunk" => (value.trim().to_string(), false),
                    "basic" => (basic(value).ok_or(HecCode::InvalidAuthorization)?.1, false),
                    _ => return Err(HecCode::InvalidAuthorization),
                }
            }
            (None, None) => match request.params.get("token") {
                Some(value) => (value.to_string(), true),
                None => return Err(HecCode::TokenRequired),
            },
        };
        let list = self.list();
        let token = list.values().find(|t| same(&t.value, &value)).ok_or(HecCode::InvalidToken)?;
        match () {
            () if in_query && !token.in_query => Err(HecCode::QueryAuthorization),
            () if token.disabled => Err(HecCode::TokenDisabled),
            () => Ok(token.clone()),
        }
    }
}

impl Token {
    /// The index for events that name this one, or none.
    pub(super) fn index_for<'a>(&'a self, named: Option<&'a str>) -> Option<&'a str> {
        let own = if self.index.is_empty() || self.index == "default" { "main" } else { &self.index };
        match named.filter(|n| !n.is_empty()) {
            None => Some(own),
            Some(index) if self.indexes.is_empty() || index == own || self.indexes.iter().any(|i| i == index) => Some(index),
            Some(_) => None,
        }
    }
}
