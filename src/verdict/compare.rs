//! What two backends say of the same tests.

use serde::{Deserialize, Serialize};

use super::{Status, TestType};

/// The second opinion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Tests that both have judged.
    pub compared: usize,
    /// Tests that one of them did not run, and why.
    pub not_compared: Vec<String>,
    /// Tests of which they say something else.
    pub differences: Vec<Difference>,
}

/// One test of which two backends say something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The detection.
    pub detection: String,
    /// Its file, relative to the content repository.
    pub file: String,
    /// Which of its tests.
    pub test: String,
    /// Which of the three.
    #[serde(rename = "type")]
    pub kind: TestType,
    /// What the local engine says.
    pub local: Opinion,
    /// What Splunk says.
    pub splunk: Opinion,
    /// The rows of both as a diff; none where they are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
}

/// What one backend says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// What came out.
    pub status: Status,
    /// Why.
    pub code: Option<String>,
    /// Why, in one line.
    pub message: Option<String>,
    /// Rows of the search.
    pub rows: Option<usize>,
    /// Events of the datasets.
    pub events: Option<usize>,
}
