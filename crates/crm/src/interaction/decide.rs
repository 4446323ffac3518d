//! What somebody may do with an interaction, and what follows.

use crate::interaction::{Details, Direction, Interaction, InteractionKind, InteractionOutcome, Participant, Recorded};
use crate::rejection::{Problem, Rejection, Why};

/// What somebody wants of an interaction.
#[derive(Debug, Clone, PartialEq)]
pub enum InteractionCommand {
    /// It took place: a call, a meeting, a note, a chat.
    Log(Recorded),
    /// More is said of it: what came of it, how long it took.
    Describe(Details),
    /// A meeting is called off.
    Cancel,
}

impl InteractionCommand {
    /// A call that took place.
    #[must_use]
    pub fn call(direction: Direction, outcome: &str, seconds: u64) -> Self {
        let details = Details { outcome: Some(outcome.to_owned()), duration: Some(seconds), ..Details::default() };
        Self::Log(Recorded { direction, details, ..Recorded::new(InteractionKind::Call) })
    }

    /// A note.
    #[must_use]
    pub fn note(text: &str) -> Self {
        let details = Details { text: Some(text.to_owned()), ..Details::default() };
        Self::Log(Recorded { details, ..Recorded::new(InteractionKind::Note) })
    }

    /// With somebody who takes part too.
    #[must_use]
    pub fn with(mut self, participant: Participant) -> Self {
        if let Self::Log(recorded) = &mut self {
            recorded.participants.push(participant);
        }
        self
    }
}

/// What a command does to an interaction.
///
/// ```
/// use onefold_crm::{Aggregate, Direction, Interaction, InteractionCommand, decide_interaction};
///
/// let at = "2026-03-02T09:00:00Z".parse()?;
/// let mut call = Interaction::default();
/// let made = decide_interaction(&call, &InteractionCommand::call(Direction::Out, "reached", 340))?;
/// call.apply(at, &made);
/// assert_eq!((call.direction, call.details.duration), (Direction::Out, Some(340)));
///
/// let no = decide_interaction(&Interaction::default(), &InteractionCommand::note("  ")).unwrap_err();
/// assert_eq!(no.to_string(), "`text` is missing: a note says something (write it)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Why it does nothing, with every reason.
pub fn decide_interaction(
    interaction: &Interaction,
    command: &InteractionCommand,
) -> Result<InteractionOutcome, Rejection> {
    let is_there = interaction.kind.is_some();
    match command {
        InteractionCommand::Log(_) if is_there => {
            let fix = "log it under another id, or say more of this one";
            Err(Problem::of(Why::Exists, "id", "the interaction is there already", fix).into())
        }
        InteractionCommand::Log(recorded) => {
            Rejection::unless_none(problems(recorded))?;
            Ok(InteractionOutcome::Recorded(recorded.clone()))
        }
        _ if !is_there => Err(Problem::of(Why::NotFound, "id", "there is no such interaction", "log it first").into()),
        InteractionCommand::Describe(details) if *details == Details::default() => {
            Err(Problem::of(Why::Missing, "details", "nothing is said", "say what came of it").into())
        }
        InteractionCommand::Describe(details) => Ok(InteractionOutcome::Described(details.clone())),
        InteractionCommand::Cancel if interaction.kind != Some(InteractionKind::Meeting) => {
            let kind = interaction.kind.map_or("nothing", InteractionKind::name);
            let message = format!("it is a {kind}, and only a meeting is called off");
            Err(Problem::of(Why::NotAllowed, "kind", message, "say more of it instead").into())
        }
        InteractionCommand::Cancel if interaction.is_cancelled() => {
            Err(Problem::of(Why::Closed, "cancelled", "the meeting is called off already", "schedule it anew").into())
        }
        InteractionCommand::Cancel => Ok(InteractionOutcome::Cancelled { revision: interaction.revision }),
    }
}

fn problems(recorded: &Recorded) -> Vec<Problem> {
    let mut problems = Vec::new();
    let missing = |field: &str, why: &str, fix: &str| {
        Problem::of(Why::Missing, field, format!("`{field}` is missing: {why}"), fix)
    };
    let says = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    let details = &recorded.details;
    match recorded.kind {
        InteractionKind::Note if !says(&details.text) => {
            problems.push(missing("text", "a note says something", "write it"));
        }
        InteractionKind::Chat | InteractionKind::Sms | InteractionKind::ServiceRequest | InteractionKind::Email
            if !says(&details.text) && !says(&details.subject) && details.body.is_none() =>
        {
            problems.push(missing("text", "a message says something", "give its text, its subject or its body"));
        }
        _ => {}
    }
    let is_directed = recorded.kind.is_written() || recorded.kind == InteractionKind::Call;
    if is_directed && recorded.direction == Direction::None {
        problems.push(missing("direction", "somebody calls or writes", "say `in` or `out`"));
    }
    if !is_directed && recorded.direction != Direction::None {
        let message = format!("a {} has no direction", recorded.kind);
        problems.push(Problem::of(Why::Invalid, "direction", message, "leave it away"));
    }
    for participant in &recorded.participants {
        if participant.address.trim().is_empty() {
            problems.push(missing(
                "address",
                "a participant is known by an address",
                "give an e-mail address or a phone number",
            ));
        }
    }
    problems
}
