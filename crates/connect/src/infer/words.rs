//! The words of a header.

use onefold_fact::AttributeName;
use onefold_fact::standard::text;

use super::vocabulary::has;

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// A human being.
    Person,
    /// A company.
    Organisation,
    /// Something that happened.
    Event,
    /// A line within something that happened.
    Line,
}

/// Nouns that stand before `id`, what they name and what we call it. German ones as they stand in compounds.
const NOUNS: &[(Class, &str, &str)] = &[
    (Class::Person, "customer", "customer customers cust kunde kunden client clients cliente clientes"),
    (Class::Person, "user", "user users benutzer nutzer utilisateur usuario"),
    (Class::Person, "contact", "contact contacts kontakt kontakte contacto"),
    (Class::Person, "member", "member members mitglied mitglieder mitglieds membre miembro"),
    (Class::Person, "person", "person persons people personen personne persona"),
    (Class::Person, "subscriber", "subscriber subscribers abonnent abonne"),
    (Class::Person, "lead", "lead leads prospect prospects"),
    (Class::Person, "patient", "patient patients"),
    (Class::Person, "household", "household households haushalt"),
    (Class::Person, "guest", "guest guests passenger player donor buyer shopper student visitor profile"),
    (
        Class::Organisation,
        "company",
        "company companies firma firmen firm unternehmen societe entreprise empresa business businesses",
    ),
    (Class::Organisation, "organisation", "organisation organisations organization organizations org orgs"),
    (Class::Organisation, "account", "account accounts konto"),
    (Class::Organisation, "supplier", "supplier suppliers vendor vendors lieferant lieferanten"),
    (
        Class::Event,
        "order",
        "order orders bestellung bestellungen bestell auftrag auftraege auftrage auftrags commande commandes \
         pedido pedidos",
    ),
    (Class::Event, "ticket", "ticket tickets"),
    (Class::Event, "transaction", "transaction transactions txn trans transaktion transaktionen transaktions"),
    (Class::Event, "invoice", "invoice invoices rechnung rechnungen rechnungs facture factures factura facturas"),
    (Class::Event, "return", "return returns rma retoure retouren retour retours devolucion"),
    (Class::Event, "message", "message messages msg nachricht nachrichten"),
    (Class::Event, "event", "event events ereignis"),
    (Class::Event, "payment", "payment payments zahlung zahlungen paiement pago"),
    (Class::Event, "purchase", "purchase purchases kauf achat compra"),
    (Class::Event, "sale", "sale sales verkauf vente venta"),
    (Class::Event, "booking", "booking bookings buchung buchungen buchungs"),
    (Class::Event, "reservation", "reservation reservations"),
    (Class::Event, "visit", "visit visits besuch visite"),
    (Class::Event, "call", "call calls anruf"),
    (Class::Event, "case", "case cases incident incidents issue issues"),
    (Class::Event, "request", "request requests anfrage anfragen enquiry enquiries inquiry inquiries"),
    (Class::Event, "refund", "refund refunds"),
    (Class::Event, "shipment", "shipment shipments delivery deliveries lieferung liefer"),
    (Class::Event, "receipt", "receipt receipts bon"),
    (Class::Event, "basket", "basket baskets cart carts warenkorb panier"),
    (Class::Event, "session", "session sessions"),
    (Class::Event, "conversation", "conversation conversations chat chats"),
    (Class::Event, "review", "review reviews"),
    (Class::Event, "claim", "claim claims"),
    (Class::Event, "donation", "donation donations spende"),
    (Class::Event, "appointment", "appointment appointments termin"),
    (Class::Event, "interaction", "interaction interactions activity activities"),
    (Class::Event, "response", "response responses submission submissions"),
    (Class::Line, "line", "line lines lineitem item position pos row seq sequence zeile ligne linea"),
];

/// Words that make of a noun the name of an id.
const ID_WORDS: &str = "id ids no nr num number nummer uuid guid key ref reference numero kennung hash";

/// Endings by which an id is written in one word: `customerid`, `kundennummer`.
const ID_ENDINGS: &[&str] = &["number", "nummer", "uuid", "guid", "nr", "id", "no"];

/// Words before a noun that say which system it is of, not whose.
const SYSTEMS: &str = "crm erp shop web pos app external ext source legacy internal system global master unique salesforce hubspot \
     shopify stripe zendesk marketing loyalty billing the";

/// The words of a header: folded to lower-case ASCII, split at spaces, punctuation and case changes.
pub(super) fn words(header: &str) -> Vec<String> {
    AttributeName::from_header(header)
        .as_str()
        .split('_')
        .flat_map(|word| text::fold(word).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| !word.is_empty())
        .collect()
}

/// A header that names an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IdHeader {
    /// What it names, and what we call that; `None` for a bare `id` and for what we do not know.
    pub(super) noun: Option<(Class, &'static str)>,
    /// Whether the header says only that it is an id of the row: `id`, `rec_id`, `unique_id`.
    pub(super) bare: bool,
}

/// What the header says about an id, if it names one.
pub(super) fn id_header(words: &[String]) -> Option<IdHeader> {
    // `id_client` is the Romance way to write `client_id`.
    if let [first, noun] = words
        && has(ID_WORDS, first)
        && let Some(noun) = self::noun(noun)
    {
        return Some(IdHeader { noun: Some(noun), bare: false });
    }
    let (last, before) = words.split_last()?;
    let (stem, before) = if has(ID_WORDS, last) {
        match before.split_last() {
            None => return Some(IdHeader { noun: None, bare: true }),
            Some((stem, before)) => (stem.as_str(), before),
        }
    } else {
        let stem = ID_ENDINGS.iter().find_map(|ending| last.strip_suffix(ending))?;
        if noun(stem).is_none() && !has(RECORDS, stem) {
            return None;
        }
        (stem, before)
    };
    if has(RECORDS, stem) && before.is_empty() {
        return Some(IdHeader { noun: None, bare: true });
    }
    let mut noun = noun(stem);
    let mut before = before;
    // An order line has an id of its own: `order_line_id` names a row of orders.
    if let Some((Class::Line, _)) = noun
        && let Some((stem, rest)) = before.split_last()
        && let Some(event) = self::noun(stem).filter(|(class, _)| *class == Class::Event)
    {
        (noun, before) = (Some(event), rest);
    }
    // `referrer_customer_id` names somebody else.
    let own = before.iter().all(|word| has(SYSTEMS, word) || self::noun(word).is_some());
    Some(IdHeader { noun: noun.filter(|_| own), bare: false })
}

/// What stands before `id` where it only means "of this row".
const RECORDS: &str = "unique rec record row entity object datensatz enregistrement registro import";

/// What a single word names.
pub(super) fn noun(word: &str) -> Option<(Class, &'static str)> {
    NOUNS.iter().find(|(_, _, words)| has(words, word)).map(|(class, name, _)| (*class, *name))
}

/// Whether the words name the number of a line within an order.
pub(super) fn is_line(words: &[String]) -> bool {
    let stem = match words.split_last() {
        Some((last, before)) if has(ID_WORDS, last) => before,
        _ => words,
    };
    match stem {
        [word] => noun(word).is_some_and(|(class, _)| class == Class::Line) || word == "lineno",
        [first, second] => {
            let class = |word: &str| noun(word).map(|(class, _)| class);
            class(second) == Some(Class::Line) && matches!(class(first), Some(Class::Event | Class::Line))
        }
        _ => false,
    }
}

/// What a source is about, by the last noun of its name: `shop_orders` is about orders.
pub(super) fn source_noun(source: &str) -> Option<(Class, &'static str)> {
    words(source).iter().rev().find_map(|word| noun(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(header: &str) -> Option<IdHeader> {
        id_header(&words(header))
    }

    #[test]
    fn headers_fall_into_words() {
        for header in ["First Name", "firstName", "FIRST_NAME", "first-name"] {
            assert_eq!(words(header), ["first", "name"]);
        }
        assert_eq!(words("Prénom"), ["prenom"]);
        assert_eq!(words("requester.email"), ["requester", "email"]);
        assert_eq!(words("Straße"), ["strasse"]);
    }

    #[test]
    fn ids_say_what_they_name() {
        let named = |class, name| Some(IdHeader { noun: Some((class, name)), bare: false });
        assert_eq!(id("customer_id"), named(Class::Person, "customer"));
        assert_eq!(id("CustomerID"), named(Class::Person, "customer"));
        assert_eq!(id("userid"), named(Class::Person, "user"));
        assert_eq!(id("Kundennummer"), named(Class::Person, "customer"));
        assert_eq!(id("Order No."), named(Class::Event, "order"));
        assert_eq!(id("order_line_id"), named(Class::Event, "order"));
        assert_eq!(id("rec_id"), Some(IdHeader { noun: None, bare: true }));
        assert_eq!(id("ID"), Some(IdHeader { noun: None, bare: true }));
        assert_eq!(id("referrer_customer_id"), Some(IdHeader { noun: None, bare: false }));
        assert_eq!(id("ID Client"), named(Class::Person, "customer"));
        assert_eq!(id("paid"), None);
        assert_eq!(id("valid"), None);
        assert!(is_line(&words("line_no")) && is_line(&words("Line")) && is_line(&words("order_line_number")));
        assert!(!is_line(&words("item_name")));
    }
}
