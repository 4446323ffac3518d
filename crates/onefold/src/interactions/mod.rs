//! Interactions behind the house: what customers wrote, said and were told, on their timelines and in threads.

#[cfg(feature = "mail")]
mod mail;
#[cfg(feature = "calendar")]
mod meeting;

use std::collections::{BTreeMap, BTreeSet};

use onefold_crm::{
    Aggregate, ContactHistory, Interaction, InteractionCommand, InteractionKind, InteractionOutcome, MessageHead,
    Opportunity, Ours, Permission, Problem, Rejection, Talk, Thread, Threads, Why, decide_interaction,
};
use onefold_fact::{Batch, Body, CustomerId, Decision, Draft, Identifier, RecordId, Timestamp, namespace};

#[cfg(feature = "mail")]
pub use self::mail::mail_drafts;
#[cfg(feature = "calendar")]
pub use self::meeting::{meeting_drafts, meeting_of};
use crate::error::OnefoldError;
use crate::onefold::Onefold;
use crate::outcome::Accepted;
use crate::sales::{WorkError, none, of, record_about, state, state_as_of, told};
use crate::views::Views;

/// The source under which mail, meetings and other interactions from outside are kept: the same message is the same fact,
/// whichever mailbox it is read from.
const MAIL: &str = "mail";

/// The interactions with one customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerInteractions {
    /// By id.
    pub interactions: BTreeMap<String, Interaction>,
    /// Which of the messages are one conversation, as far as this customer takes part, by id.
    pub threads: Vec<Thread>,
}

/// A conversation, whoever takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its messages as they are shown.
    pub thread: Thread,
    /// The interactions that they are, by id.
    pub interactions: BTreeMap<String, Interaction>,
}

impl CustomerInteractions {
    /// When the customer was last in touch, how fast answers come, and who owes one, at a clock.
    #[must_use]
    pub fn contact(&self, at: Timestamp) -> ContactHistory {
        ContactHistory::of(&self.talks(), at)
    }

    /// The conversations: those of messages by their thread, what else there is by its kind.
    #[must_use]
    pub fn talks(&self) -> Vec<Talk<'_>> {
        let known = |id: &str| self.interactions.get_key_value(id).map(|(id, it)| (id.as_str(), it));
        let threads = self.threads.iter().map(|thread| {
            let interactions = thread.keys().filter_map(known).collect();
            Talk { id: &thread.id, interactions }
        });
        let mut by_kind: BTreeMap<InteractionKind, Talk<'_>> = BTreeMap::new();
        for (id, it) in &self.interactions {
            if let (Some(kind), None) = (it.kind, &it.message) {
                let talk = by_kind.entry(kind).or_insert(Talk { id: kind.name(), interactions: Vec::new() });
                talk.interactions.push((id, it));
            }
        }
        threads.chain(by_kind.into_values()).collect()
    }
}

impl Views {
    /// Which addresses are those of the house.
    #[must_use]
    pub fn ours(&self) -> &Ours {
        &self.governance.settings().ours
    }

    /// An interaction. `None` if there is none of this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn interaction(&self, id: &str) -> Result<Option<Interaction>, OnefoldError> {
        Ok(self.object(Interaction::KIND, id)?.map(|history| state(&history)))
    }

    /// All interactions with a customer. `None` if there is no such customer.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn interactions_of(&self, customer: impl Into<RecordId>) -> Result<Option<CustomerInteractions>, OnefoldError> {
        let Some(profile) = self.customer(customer)? else { return Ok(None) };
        let mut interactions: BTreeMap<String, Interaction> = BTreeMap::new();
        for event in profile.timeline() {
            let is_one = event.name().strip_prefix(Interaction::KIND).is_some_and(|rest| rest.starts_with(' '));
            let Some(id) = event.property(Interaction::KIND).and_then(|id| id.as_text()).filter(|_| is_one) else {
                continue;
            };
            if !interactions.contains_key(id)
                && let Some(interaction) = self.interaction(id)?
            {
                interactions.insert(id.to_owned(), interaction);
            }
        }
        let heads = interactions.iter().filter_map(|(id, it)| MessageHead::of(id, it));
        let threads = Threads::of(heads).all();
        Ok(Some(CustomerInteractions { interactions, threads }))
    }

    /// A deal as it was at a clock, touched also by the last interaction since it was opened with the customer whom it is about, or with
    /// somebody who takes part in it: so [`rots_since`](Opportunity::rots_since) counts the mail that came in and the call that
    /// was logged with the customer alone. What was called off, or answered by a machine, touches nothing. `None` if there is
    /// no such deal, or was none then.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn deal_in_touch(&self, id: &str, clock: Timestamp) -> Result<Option<Opportunity>, OnefoldError> {
        let Some(history) = self.object(Opportunity::KIND, id)? else { return Ok(None) };
        let mut deal: Opportunity = state_as_of(&history, Some(clock));
        let Some(opened_at) = deal.opened_at.filter(|_| deal.is_there()) else { return Ok(None) };
        let about = record_about(&history);
        let parts = deal.contacts.keys().filter_map(|contact| contact.parse().ok());
        let mut customers: BTreeSet<CustomerId> = BTreeSet::new();
        for record in about.into_iter().chain(parts) {
            customers.extend(self.holding(record)?);
        }
        for customer in customers {
            let Some(all) = self.interactions_of(customer)? else { continue };
            for (id, it) in all.interactions {
                let counts = it.automatic.is_none() && !it.is_cancelled();
                let Some(at) = it.last_at(clock).filter(|at| counts && *at >= opened_at) else { continue };
                if deal.touched.as_ref().is_none_or(|(last, _)| *last < at) {
                    deal.touched = Some((at, format!("{} {id}", it.kind.map_or("interaction", InteractionKind::name))));
                }
            }
        }
        Ok(Some(deal))
    }

    /// The conversations of all messages of all customers. It reads every interaction.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn threads(&self) -> Result<Threads, OnefoldError> {
        let mut threads = Threads::default();
        self.each_object(Some(Interaction::KIND), |_, id, history| {
            let interaction: Interaction = state(&history);
            if let Some(head) = MessageHead::of(id, &interaction) {
                threads.insert(&head);
            }
        })?;
        Ok(threads)
    }

    /// The conversation that a message is in, by the id of its interaction or its `Message-ID`, with the interactions, whoever's
    /// they are. It reads every interaction. `None` if there is no such message.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn thread(&self, id: &str) -> Result<Option<Conversation>, OnefoldError> {
        let known = self.interaction(id)?;
        let message = known.and_then(|it| it.message).map(|message| message.id).filter(|id| !id.is_empty());
        let Some(thread) = self.threads()?.thread(message.as_deref().unwrap_or(id)) else { return Ok(None) };
        let mut interactions = BTreeMap::new();
        for key in thread.keys() {
            interactions.extend(self.interaction(key)?.map(|it| (key.to_owned(), it)));
        }
        Ok(Some(Conversation { thread, interactions }))
    }

    /// Whether a customer may be contacted for a purpose through a channel at a time, and why: by their consent, by the
    /// policy, and by the list of the suppressed under the key that it was made with (without one nobody is known to be on
    /// it). `None` if there is no such customer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn may_contact(
        &self,
        customer: impl Into<RecordId>,
        purpose: &str,
        channel: Option<&str>,
        key: Option<&[u8]>,
        at: Timestamp,
    ) -> Result<Option<Permission>, OnefoldError> {
        let customer = customer.into();
        let Some(profile) = self.customer_at(customer, at)? else { return Ok(None) };
        let suppressed = key.map(|key| self.suppressed(customer, key)).transpose()?.flatten();
        Ok(Some(Permission::of(&profile, self.policy(), suppressed, (purpose, channel), at)))
    }
}

impl Onefold {
    /// Accepts what messages and meetings state ([`accept`](Self::accept)), and decides whose their addresses are: where
    /// exactly one customer is known to have an address, the record of the address is linked with theirs, as a steward would.
    /// Where nobody or several do, linking finds out by all that is known. The decisions are in the batch too, behind the
    /// facts, so taking it back undoes them.
    ///
    /// Links take effect once records are linked ([`relink`](Self::relink)).
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn accept_interactions(
        &self,
        batch: impl Into<Batch>,
        at: Timestamp,
        drafts: impl IntoIterator<Item = Draft>,
    ) -> Result<Accepted, OnefoldError> {
        let mut drafts: Vec<Draft> = drafts.into_iter().collect();
        self.decide(batch, at, |views| {
            let mut records: BTreeMap<Identifier, RecordId> = BTreeMap::new();
            for fact in drafts.iter().map(|draft| draft.clone().received("", at)) {
                let emails = fact.identifiers().iter().filter(|it| it.namespace().as_str() == namespace::EMAIL);
                let of_record = fact.record().filter(|_| fact.source().as_str() == MAIL);
                records.extend(emails.cloned().zip(of_record));
            }
            for (email, record) in records {
                let known = views.customers_with(&email)?;
                let ([customer], holder) = (known.as_slice(), views.holding(record)?) else { continue };
                let founder = views.founder(customer.founder())?.filter(|_| holder != Some(*customer));
                drafts.extend(
                    founder.map(|founder| Draft::new(MAIL, Body::Decision(Decision::Link(founder.id, record)))),
                );
            }
            Ok(drafts)
        })
    }

    /// Logs an interaction with a customer: a call, a note, a chat. It is an event on the customer's timeline
    /// (`interaction recorded`), and a batch of its own, `interaction ID TIME`: taking that back undoes it.
    ///
    /// ```
    /// use onefold::crm::{Direction, InteractionCommand};
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-02T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// house.accept("crm", at, [Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"))])?;
    /// let ada = house.customers()?[0];
    ///
    /// house.log_interaction("c-1", ada, &InteractionCommand::call(Direction::Out, "reached", 340), at)?;
    /// let views = house.views()?;
    /// let all = views.interactions_of(ada)?.ok_or("ada")?;
    /// assert_eq!(all.contact(at).last_out, Some(at));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it may not be done, with every reason, or cannot be written.
    pub fn log_interaction(
        &self,
        id: &str,
        customer: impl Into<RecordId>,
        command: &InteractionCommand,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        let customer = customer.into();
        self.work((Interaction::KIND, id), at, |views, at| {
            let before = views.interaction(id)?.unwrap_or_default();
            let under = views.kept_under(customer)?;
            let mut outcome = decide_interaction(&before, command)?;
            if let InteractionOutcome::Recorded(recorded) = &mut outcome {
                for participant in &mut recorded.participants {
                    participant.user = participant.user.take().or_else(|| views.ours().user(&participant.address));
                }
            }
            Ok(told::<Interaction>(id, &under, &[outcome], at)?)
        })
    }

    /// Says more of an interaction that is there, or calls a meeting off.
    ///
    /// # Errors
    /// When it may not be done, with every reason, or cannot be written.
    pub fn interaction(&self, id: &str, command: &InteractionCommand, at: Timestamp) -> Result<Accepted, WorkError> {
        self.work((Interaction::KIND, id), at, |views, at| {
            let Some(history) = views.object(Interaction::KIND, id)? else { return Err(none(Interaction::KIND, id)) };
            if matches!(command, InteractionCommand::Log(_)) {
                let fix = "say more of it, or log another";
                return Err(
                    Rejection::from(Problem::of(Why::Exists, "id", "the interaction is there already", fix)).into()
                );
            }
            let outcome = decide_interaction(&state(&history), command)?;
            Ok(told::<Interaction>(id, &of(&history), &[outcome], at)?)
        })
    }

    /// Whether a customer may be contacted for a purpose through a channel at a time, and why: asked before anything is sent.
    /// The key of the list of the suppressed is the house's own ([`Options`](crate::Options)). `None` if there is no such
    /// customer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn may_contact(
        &self,
        customer: impl Into<RecordId>,
        purpose: &str,
        channel: Option<&str>,
        at: Timestamp,
    ) -> Result<Option<Permission>, OnefoldError> {
        self.views()?.may_contact(customer, purpose, channel, self.house().options.suppression_key.as_deref(), at)
    }
}
