//! Mail as facts of the customers who take part.

use std::collections::BTreeMap;

use onefold_connect::{Content, Field, Mail, Mailbox};
use onefold_crm::{
    Details, Direction, Interaction, InteractionKind, InteractionOutcome, MessageIds, Ours, Participant, Recorded,
    Reference, Role, to_event,
};
use onefold_fact::{Body, Draft, Identifier, RecordKey, namespace};

use crate::error::OnefoldError;
use crate::interactions::MAIL;

/// So many recipients of what the house wrote have its text among what is known of them.
const TOLD: usize = 10;

/// What a message states: of each customer who takes part that there was an interaction, and by which address they are
/// known. Each is a record of the source `mail` under its address; linking finds out whose it is. Nothing states anything of
/// a message that goes between users of the house only.
///
/// A customer's fact names them and the users of the house, and none of the other customers. The text is kept with who
/// wrote it, or with those to whom the house wrote it, as far as they are few.
///
/// # Errors
/// When it cannot be written as a fact.
pub fn mail_drafts(mail: &Mail, ours: &Ours) -> Result<Vec<Draft>, OnefoldError> {
    let id = format!("m-{}", mail.identity().to_string().get(..24).unwrap_or_default());
    let mut own: Vec<Participant> = Vec::new();
    let mut customers: BTreeMap<&str, Vec<(Field, &Mailbox)>> = BTreeMap::new();
    for (field, mailbox) in &mail.mailboxes {
        match ours.user(&mailbox.address) {
            Some(user) => own.push(Participant { user: Some(user), ..participant(*field, mailbox) }),
            None => customers.entry(&mailbox.address).or_default().push((*field, mailbox)),
        }
    }
    let is_sent = own.iter().any(|participant| participant.role == Role::From);
    let direction = match (is_sent, own.is_empty()) {
        (true, _) => Direction::Out,
        (false, false) => Direction::In,
        (false, true) => Direction::None,
    };
    let details = Details {
        subject: mail.subject.clone(),
        body: mail.body.as_ref().map(reference),
        attachments: mail.attachments.iter().map(reference).collect(),
        language: mail.language.clone(),
        ..Details::default()
    };
    let message = MessageIds { id: mail.id.clone().unwrap_or_default(), references: mail.references.clone() };
    let mut drafts = Vec::with_capacity(2 * customers.len());
    let few = customers.len() <= TOLD;
    for (address, fields) in customers {
        let wrote = fields.iter().any(|(field, _)| *field == Field::From);
        let has_text = wrote || (is_sent && few);
        let own_text = || mail.passages.own.clone();
        let text = Some(own_text()).filter(|text| has_text && !text.is_empty());
        let customer = fields.iter().map(|(field, mailbox)| participant(*field, mailbox));
        let recorded = Recorded {
            direction,
            participants: customer.chain(own.iter().cloned()).collect(),
            message: Some(message.clone()),
            automatic: mail.automatic.clone(),
            details: Details { text, ..details.clone() },
            ..Recorded::new(InteractionKind::Email)
        };
        let body = Body::Object(to_event::<Interaction>(&id, &InteractionOutcome::Recorded(recorded))?);
        let draft = Draft::new(MAIL, body).key(key(address)).identified_by(email(address));
        drafts.push(match mail.date {
            Some(at) => draft.occurred_at(at),
            None => draft,
        });
        // Of a name only what its bearer writes is believed.
        let name =
            fields.iter().find(|(field, _)| *field == Field::From).and_then(|(_, mailbox)| mailbox.name.as_deref());
        drafts.push(known_by(address, name));
    }
    Ok(drafts)
}

/// The record of an address.
fn key(address: &str) -> RecordKey {
    RecordKey::of(&email(address))
}

fn email(address: &str) -> Identifier {
    Identifier::new(namespace::EMAIL, address)
}

/// That a record has an address, and a name. It states no time, so it is one fact however often it is said.
fn known_by(address: &str, name: Option<&str>) -> Draft {
    let known = [("email", Some(address)), ("full_name", name)];
    let known = known.into_iter().filter_map(|(attribute, value)| Some((attribute, value?)));
    Draft::new(MAIL, Body::set(known)).key(key(address)).identified_by(email(address))
}

fn participant(field: Field, mailbox: &Mailbox) -> Participant {
    let role = match field {
        Field::From => Role::From,
        Field::To => Role::To,
        Field::Cc => Role::Cc,
        Field::Bcc => Role::Bcc,
    };
    Participant { name: mailbox.name.clone(), ..Participant::new(role, mailbox.address.as_str()) }
}

fn reference(content: &Content) -> Reference {
    Reference {
        digest: content.digest.to_string(),
        bytes: content.bytes,
        media_type: content.media_type.clone(),
        name: content.name.clone(),
    }
}
