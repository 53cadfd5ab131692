//! The codes of diagnostics: stable names, never reused.
//!
//! A code of `spl-…` is about the text of a search, `yaml-…` about a content file as YAML, `content-…` about what
//! it says, `conf-…` about Splunk configuration, `data-…` about a dataset, `run-…` about the run.

use super::Severity;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $severity:ident;)+) => {
        /// The stable name of a kind of problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// Every code, in the order of this file.
            pub const ALL: &'static [Code] = &[$(Code::$name,)+];

            /// The name shown to users: `spl-syntax`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$name => $text,)+ }
            }

            /// The severity it has unless configured otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)+ }
            }

            /// What it means, for the reference page.
            pub fn doc(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc, "\n",)+),)+ }
            }
        }
    };
}

codes! {
    /// The search cannot be read: a bracket, quote, operator or argument is wrong.
    SplSyntax = "spl-syntax", Error;
    /// There is no such search command.
    SplUnknownCommand = "spl-unknown-command", Error;
    /// There is no such eval function.
    SplUnknownFunction = "spl-unknown-function", Error;
    /// There is no such statistical function.
    SplUnknownAggregate = "spl-unknown-aggregate", Error;
    /// A command has no such option, or the option takes another kind of value.
    SplOption = "spl-option", Error;
    /// An eval function is called with too few or too many arguments.
    SplArity = "spl-arity", Error;
    /// The macro is not defined, or not with this number of arguments.
    SplUnknownMacro = "spl-unknown-macro", Error;
    /// A macro calls itself, or the expansion is too deep or too long.
    SplMacroLoop = "spl-macro-loop", Error;
    /// The validation expression of a macro refuses its arguments.
    SplMacroArguments = "spl-macro-arguments", Error;
    /// The lookup is not defined and there is no such file.
    SplUnknownLookup = "spl-unknown-lookup", Error;
    /// There is no saved search of this name.
    SplUnknownSavedSearch = "spl-unknown-saved-search", Error;
    /// The data model or one of its datasets does not exist.
    SplUnknownDataModel = "spl-unknown-datamodel", Error;
    /// The data model has no such field: it is null in every event.
    SplUnknownField = "spl-unknown-field", Warning;
    /// `and`, `or` or `not` in lower case in a search: there it is a word to be found.
    SplLowerCaseOperator = "spl-lowercase-operator", Warning;
    /// A word among the arguments of a command looks like the next command.
    SplMissingPipe = "spl-missing-pipe", Warning;
    /// A regular expression does not compile.
    SplRegex = "spl-regex", Error;
    /// The local engine does not do this. The search may be right; its verdict is `skip`.
    SplUnsupported = "spl-unsupported", Warning;
    /// The search stopped while it ran.
    SplRuntime = "spl-runtime", Error;
    /// The file is no YAML, or not of the expected shape.
    YamlSyntax = "yaml-syntax", Error;
    /// A key stands twice in one mapping; the last one wins in the peer.
    YamlDuplicateKey = "yaml-duplicate-key", Error;
    /// An unquoted word that YAML reads as something else than its text: `no`, a date, `7.10`.
    YamlAmbiguous = "yaml-ambiguous", Warning;
    /// A key that must be there is missing, or its value has the wrong type.
    ContentField = "content-field", Error;
    /// A key that the schema does not know.
    ContentUnknownKey = "content-unknown-key", Warning;
    /// A comment that allows a finding, and that is wrong: no reason, no such rule, or nothing to allow.
    ContentAllow = "content-allow", Warning;
    /// A validation rule found something; the rule's own id is what is shown.
    ContentRule = "content-rule", Warning;
    /// A line of a configuration file cannot be understood.
    ConfSyntax = "conf-syntax", Warning;
    /// The engine does not do what this setting asks for.
    ConfUnsupported = "conf-unsupported", Warning;
    /// A user's app takes the place of what is built in.
    ConfReplaced = "conf-replaced", Info;
    /// The dataset cannot be found or fetched.
    DataMissing = "data-missing", Error;
    /// The dataset is not what its name says: a Git LFS pointer, an HTML page, a broken archive.
    DataFormat = "data-format", Error;
    /// The dataset is larger than the limits allow.
    DataLimit = "data-limit", Error;
    /// A file or folder cannot be read or written.
    RunFile = "run-file", Error;
    /// A service that is needed, such as a Splunk, cannot be reached, or refuses.
    RunService = "run-service", Error;
    /// The command line or the configuration cannot be used.
    RunUsage = "run-usage", Error;
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
