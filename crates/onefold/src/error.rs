//! [`OnefoldError`]: why something could not be kept or read.

use std::sync::Arc;

use onefold_store::StoreError;

/// Why something could not be kept or read.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum OnefoldError {
    /// The store could not be opened, read or written.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// A configuration or a change cannot be written as JSON, or a configuration not be read from it.
    #[error("cannot be written as JSON, or read from it: {0}")]
    Json(Arc<serde_json::Error>),
    /// Rules name what is not there, or cannot be read; each error with its place.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Rules(Vec<onefold_segment::RuleError>),
    /// An attribute cannot be computed as it is declared.
    #[error(transparent)]
    Computation(#[from] onefold_profile::InvalidComputation),
    /// What is computed would have the name of something else.
    #[error("`{name}` would be {one} and {other}; name one of them otherwise")]
    Name {
        /// The name.
        name: String,
        /// What has it in what was to be adopted.
        one: String,
        /// What has it already.
        other: String,
    },
    /// The schema names a survivorship rule that is not among the [options](crate::Options::rules).
    #[error(transparent)]
    Rule(#[from] onefold_profile::MissingRule),
    /// The key in the [options](crate::Options::suppression_key) is not the one that the list of the suppressed was made with.
    #[error(
        "the key is not the one that the list of the suppressed was made with; without the right one nobody is known on it"
    )]
    SuppressionKey,
    /// A purpose or a role that may not look.
    #[error(transparent)]
    Refused(#[from] onefold_profile::Refusal),
    /// A pipeline in which deals could not go their way; everything that is wrong with it.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Pipeline(Vec<onefold_crm::PipelineProblem>),
    /// A flow in which tickets could not go their way; everything that is wrong with it.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Flow(Vec<onefold_crm::FlowProblem>),
    /// A kind of object that there is none of.
    #[error("there is no kind of object `{kind}`: {fix}")]
    Kind {
        /// The kind.
        kind: String,
        /// What would be right.
        fix: String,
    },
    /// A macro that cannot be applied.
    #[error("macro `{name}`: {problem}")]
    Macro {
        /// Its name.
        name: String,
        /// What is wrong with it, and what would be right.
        problem: &'static str,
    },
    /// A routing that cannot give anything to anybody.
    #[error("routing `{name}`: {problem}")]
    Routing {
        /// Its name.
        name: String,
        /// What is wrong with it, and what would be right.
        problem: String,
    },
    /// Service levels, a template or a placement that make no sense; everything that is wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Problems(Vec<onefold_workflow::document::Problem>),
    /// A workflow that could not go its way; everything that is wrong with it.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Workflow(Vec<onefold_workflow::WorkflowProblem>),
    /// The thread that wrote this together with its own stopped before it was done.
    #[error("the writer stopped before this was written; accept it again")]
    Stopped,
}

impl OnefoldError {
    pub(crate) fn json(error: serde_json::Error) -> Self {
        Self::Json(Arc::new(error))
    }

    /// The store's reason, if it is one.
    #[must_use]
    pub fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<serde_json::Error> for OnefoldError {
    fn from(error: serde_json::Error) -> Self {
        Self::json(error)
    }
}

impl From<std::convert::Infallible> for OnefoldError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl From<StoreError> for OnefoldError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}
