//! The stable codes of verdicts: why a test did not simply pass.
//!
//! A code is `<what it is about>.<what is wrong>`. It stands in the JSON, in JUnit's `type` and in the terminal; it is
//! never reused for something else.

use super::Status;

macro_rules! verdict_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $status:ident;)+) => {
        /// Why a test failed, could not be judged, or was not run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum VerdictCode { $($(#[doc = $doc])+ $name,)+ }

        impl VerdictCode {
            /// Every code, in the order of this file.
            pub const ALL: &'static [VerdictCode] = &[$(VerdictCode::$name,)+];

            /// The text in every format: `unit.no_results`.
            pub fn name(self) -> &'static str {
                match self { $(VerdictCode::$name => $text,)+ }
            }

            /// The status that goes with it.
            pub fn status(self) -> Status {
                match self { $(VerdictCode::$name => Status::$status,)+ }
            }

            /// What it means, for the reference page.
            pub fn doc(self) -> &'static str {
                match self { $(VerdictCode::$name => concat!($($doc, "\n",)+),)+ }
            }
        }
    };
}

verdict_codes! {
    /// The YAML, its references or its search have errors.
    ValidationFindings = "validation.findings", Fail;
    /// The search gave no row.
    UnitNoResults = "unit.no_results", Fail;
    /// No row has every risk field filled.
    UnitRiskFieldMissing = "unit.risk_field_missing", Fail;
    /// A threat field is filled in no row.
    UnitThreatFieldMissing = "unit.threat_field_missing", Fail;
    /// With --strict: some rows have every risk field, and some have not.
    UnitRiskFieldPartial = "unit.risk_field_partial", Fail;
    /// The number of rows is not the expected one.
    UnitCount = "unit.count", Fail;
    /// An expected row is not among the rows.
    UnitMatch = "unit.match", Fail;
    /// A row is there that must not be.
    UnitMustNotMatch = "unit.must_not_match", Fail;
    /// The rows are not exactly the expected ones.
    UnitExactRows = "unit.exact_rows", Fail;
    /// The rendered risk message of the first row is not the expected one.
    UnitMessage = "unit.message", Fail;
    /// A drilldown search that must give rows gives none, or cannot be run.
    UnitDrilldown = "unit.drilldown", Fail;
    /// The detection promises risk, and no risk event was created.
    IntegrationNoRiskEvent = "integration.no_risk_event", Fail;
    /// A risk event is not what the detection promises: object, type, score, message or annotation.
    IntegrationRiskEvent = "integration.risk_event", Fail;
    /// A promised risk object has no risk event.
    IntegrationRiskObjectMissing = "integration.risk_object_missing", Fail;
    /// A token of the risk message was not filled in.
    IntegrationToken = "integration.token", Fail;
    /// The type asks for a notable, and none was created.
    IntegrationNoNotable = "integration.no_notable", Fail;
    /// A notable is not what the detection promises: title, entity, type or score.
    IntegrationNotable = "integration.notable", Fail;
    /// One entity is scored by the finding and by a risk event of the same alert.
    IntegrationScoredTwice = "integration.scored_twice", Fail;
    /// A promised threat object is in no risk event.
    IntegrationThreatObject = "integration.threat_object", Fail;
    /// The alert is throttled by a field that no row has.
    IntegrationThrottling = "integration.throttling", Fail;
    /// The file cannot be read as a detection.
    ErrorContent = "error.content", Error;
    /// The search does not compile.
    ErrorSpl = "error.spl", Error;
    /// The search stopped while it ran.
    ErrorSearch = "error.search", Error;
    /// A dataset cannot be found, fetched or unpacked.
    ErrorDataset = "error.dataset", Error;
    /// The expectation overlay cannot be used.
    ErrorExpectation = "error.expectation", Error;
    /// The backend failed.
    ErrorBackend = "error.backend", Error;
    /// A bug of muster: please report it.
    ErrorInternal = "error.internal", Error;
    /// The local engine lacks something that the search needs: not judged, and not green.
    SkipUnsupported = "skip.unsupported", Skip;
    /// The detection is experimental, deprecated or removed.
    SkipStatus = "skip.status", Skip;
    /// The test is to be done by hand.
    SkipManual = "skip.manual", Skip;
    /// The detection has no test.
    SkipNoTest = "skip.no_test", Skip;
    /// The type creates neither risk nor a notable: nothing to integrate with.
    SkipNoAction = "skip.no_action", Skip;
    /// The Splunk has no Enterprise Security: nobody creates risk events and notables there.
    SkipNoEnterpriseSecurity = "skip.no_es", Skip;
    /// The run was stopped before.
    SkipStopped = "skip.stopped", Skip;
}

impl std::fmt::Display for VerdictCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_say_their_status() {
        let mut names: Vec<&str> = VerdictCode::ALL.iter().map(|c| c.name()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for code in VerdictCode::ALL {
            let expected = match code.name().split('.').next() {
                Some("error") => Status::Error,
                Some("skip") => Status::Skip,
                _ => Status::Fail,
            };
            assert_eq!(code.status(), expected, "{code}");
        }
    }
}
