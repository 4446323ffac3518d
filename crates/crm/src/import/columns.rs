//! [`ExportLayout`]: what the columns of an export mean.

use std::collections::{BTreeSet, HashMap};

use onefold_fact::Kind;

use super::cell::plain;
use super::words::{ACCOUNT, ALL, CHANGE, CONTACT, DEAL, LEAD, Names, PART, PROPERTY, SKIPPED, USER};

/// What the rows of an export are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportOf {
    /// Companies.
    Account,
    /// People.
    Contact,
    /// People who may become customers.
    Lead,
    /// Deals.
    Opportunity,
    /// What deals were, one row for each time at which they changed.
    StageHistory,
    /// What single fields of deals were, one row for each change of one.
    FieldHistory,
    /// Who takes part in deals.
    ContactRole,
    /// The users whose deals they are.
    User,
}

impl ExportOf {
    /// Every kind with its name.
    pub const ALL: [(&str, Self); 8] = [
        ("account", Self::Account),
        ("contact", Self::Contact),
        ("lead", Self::Lead),
        ("opportunity", Self::Opportunity),
        ("stage-history", Self::StageHistory),
        ("field-history", Self::FieldHistory),
        ("contact-role", Self::ContactRole),
        ("user", Self::User),
    ];

    /// The name: `stage-history`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, of)| *of == self).map_or("", |(name, _)| name)
    }

    fn names(self) -> Names {
        match self {
            Self::Account => ACCOUNT,
            Self::Contact => CONTACT,
            Self::Lead => LEAD,
            Self::Opportunity => DEAL,
            Self::StageHistory => CHANGE,
            Self::FieldHistory => PROPERTY,
            Self::ContactRole => PART,
            Self::User => USER,
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Id,
    Name,
    Stage,
    Pipeline,
    Amount,
    Currency,
    ClosesOn,
    Created,
    Modified,
    StageSince,
    Probability,
    Category,
    Owner,
    Deleted,
    Account,
    Contacts,
    Reason,
    WonReason,
    IsClosed,
    IsWon,
    Status,
    Source,
    IsConverted,
    ConvertedAt,
    ConvertedAccount,
    ConvertedContact,
    ConvertedDeal,
    Deal,
    Role,
    Primary,
    Property,
    Old,
    New,
    Manager,
    Active,
    Email,
    Parent,
    Lifecycle,
    /// Nothing more through this channel.
    OptOut(&'static str),
    Attribute(&'static str, Kind),
}

/// A column: what it holds, if it is one of those that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    Known(Field),
    /// A field of its own, under this name.
    Own(String),
    Skipped,
}

/// What the columns of an export mean.
///
/// ```
/// use onefold_crm::import::{ExportLayout, ExportOf};
///
/// let of = |header: &[&str]| ExportLayout::of(&header.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), None);
/// let names = of(&["Id", "Name", "StageName", "CloseDate", "Priority__c"]).ok_or("an export")?;
/// let labels = of(&["Record ID", "Deal Name", "Deal Stage", "Close Date"]).ok_or("an export")?;
/// assert_eq!((names.is_of(), labels.is_of()), (ExportOf::Opportunity, ExportOf::Opportunity));
/// assert_eq!(names.own_fields().collect::<Vec<_>>(), ["priority"]);
/// assert!(of(&["sku", "price"]).is_none());
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone)]
pub struct ExportLayout {
    of: ExportOf,
    pub(super) header: Vec<String>,
    pub(super) columns: Vec<Column>,
    pub(super) places: HashMap<Field, usize>,
}

impl ExportLayout {
    /// The layout of a table with this header: of the kind that is named, or else of the one that its columns show. `None`
    /// if they show none, or one of the named kind would have no id.
    #[must_use]
    pub fn of(header: &[String], named: Option<ExportOf>) -> Option<Self> {
        let names: BTreeSet<String> = header.iter().map(|name| plain(name)).collect();
        let of = named.or_else(|| recognised(&names))?;
        let mut places: HashMap<Field, (usize, usize)> = HashMap::new();
        // Of several columns that hold the same the one that stands first among the names counts.
        for (column, name) in header.iter().enumerate() {
            let name = plain(name);
            let known =
                of.names().iter().chain(ALL).find_map(|(field, names)| {
                    names.iter().position(|known| *known == name).map(|rank| (*field, rank))
                });
            if let Some((field, rank)) = known
                && places.get(&field).is_none_or(|(other, _)| rank < *other)
            {
                places.insert(field, (rank, column));
            }
        }
        let places: HashMap<Field, usize> = places.into_iter().map(|(field, (_, column))| (field, column)).collect();
        let has_id = match of {
            ExportOf::StageHistory | ExportOf::FieldHistory | ExportOf::ContactRole => Field::Deal,
            _ => Field::Id,
        };
        if !places.contains_key(&has_id) {
            return None;
        }
        let known: HashMap<usize, Field> = places.iter().map(|(field, column)| (*column, *field)).collect();
        let is_known = |name: &str| {
            // The id of a row that is about something else says nothing.
            let is_of_row = name == "id" && has_id == Field::Deal;
            is_of_row || of.names().iter().chain(ALL).any(|(_, names)| names.contains(&name)) || SKIPPED.contains(&name)
        };
        let columns = header.iter().enumerate().map(|(column, name)| match known.get(&column) {
            Some(field) => Column::Known(*field),
            None if is_known(&plain(name)) => Column::Skipped,
            None => Column::Own(free(own_name(name), &places)),
        });
        Some(Self { of, header: header.to_vec(), columns: columns.collect(), places })
    }

    /// What its rows are about.
    #[must_use]
    pub fn is_of(&self) -> ExportOf {
        self.of
    }

    /// The fields that it has beside those that are known.
    pub fn own_fields(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter_map(|column| match column {
            Column::Own(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The header of the column that a field of an object comes from.
    #[must_use]
    pub fn header_of(&self, name: &str) -> Option<&str> {
        let at = self.columns.iter().position(|column| match column {
            Column::Own(own) => own == name,
            Column::Known(Field::Attribute(known, _)) => *known == name,
            _ => false,
        })?;
        self.header.get(at).map(String::as_str)
    }

    /// The columns that hold times and days.
    pub(super) fn of_dates(&self) -> impl Iterator<Item = usize> {
        let is_date = |field: &Field| {
            matches!(
                field,
                Field::ClosesOn
                    | Field::Created
                    | Field::Modified
                    | Field::StageSince
                    | Field::ConvertedAt
                    | Field::Attribute(_, Kind::BirthDate | Kind::Date | Kind::Timestamp)
            )
        };
        self.places.iter().filter(move |(field, _)| is_date(field)).map(|(_, column)| *column)
    }
}

/// What a table with these columns is an export of.
fn recognised(names: &BTreeSet<String>) -> Option<ExportOf> {
    let any = |of: &[&str]| of.iter().any(|name| names.contains(*name));
    let of_deal = ["opportunityid", "dealid"];
    if any(&of_deal) && any(&["contactid"]) && any(&["role", "isprimary"]) && !any(&["stagename"]) {
        return Some(ExportOf::ContactRole);
    }
    let is_change = any(&["property", "propertyname", "field"]) || (any(&of_deal) && any(&["timestamp"]));
    if is_change && any(&["newvalue", "value", "propertyvalue"]) {
        return Some(ExportOf::FieldHistory);
    }
    // A history of deals has as many columns of theirs as deals themselves, but a name of none of its own.
    if any(&["tostage"])
        || (any(&of_deal) && any(&["stagename", "stage"]) && !any(&["name", "opportunityname", "dealname"]))
    {
        return Some(ExportOf::StageHistory);
    }
    let is_user = any(&["isactive"]) && any(&["managerid"]);
    if is_user || any(&["username"]) || (any(&["userid"]) && any(&["email"])) {
        return Some(ExportOf::User);
    }
    if any(&["stagename", "dealstage", "stage"])
        && any(&["closedate", "amount", "dealname", "opportunityname", "pipeline"])
    {
        return Some(ExportOf::Opportunity);
    }
    let is_named = any(&["lastname", "firstname", "name", "fullname"]);
    if any(&["isconverted"])
        || (is_named && any(&["leadid"]))
        || (is_named && any(&["company"]) && any(&["leadsource"]) && any(&["status", "leadstatus"]))
    {
        return Some(ExportOf::Lead);
    }
    // Who has a name of a person's own is none, however much stands beside it of their company.
    let is_person = any(&["lastname", "firstname"]);
    let of_account = ["billingcity", "billingcountry", "billingstreet", "shippingcity", "companyname", "companyowner"];
    let is_company = any(&of_account)
        || any(&["accountname"])
        || (any(&["name"]) && any(&["domain", "parentid", "numberofemployees"]));
    // What names a contact or a lead beside a person of its own is about one, as a case and a campaign's members are.
    if is_company && !is_person && !any(&["contactid"]) {
        return Some(ExportOf::Account);
    }
    (is_person || any(&["email", "emailaddress", "fullname"])).then_some(ExportOf::Contact)
}

/// A name that no known column bears: `email_own`, if `Email__c` stands beside `Email`.
fn free(name: String, places: &HashMap<Field, usize>) -> String {
    let is_known = |field: &Field| matches!(field, Field::Attribute(known, _) if *known == name);
    if places.keys().any(is_known) { format!("{name}_own") } else { name }
}

/// The name of a field of its own: `Contract_Ends__c` is `contract_ends`.
fn own_name(header: &str) -> String {
    let header = header.trim();
    let header = header.strip_suffix("__c").unwrap_or(header);
    let mut name = String::with_capacity(header.len() + 4);
    let mut was_lower = false;
    for letter in header.chars() {
        if letter.is_alphanumeric() {
            if letter.is_uppercase() && was_lower {
                name.push('_');
            }
            was_lower = letter.is_lowercase() || letter.is_numeric();
            name.extend(letter.to_lowercase());
        } else {
            was_lower = false;
            if !name.is_empty() && !name.ends_with('_') {
                name.push('_');
            }
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}
