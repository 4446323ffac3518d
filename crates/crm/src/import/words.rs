//! The names that columns have in exports: in the programming interfaces and as labels, in small letters and without
//! anything that is neither letter nor digit.

use onefold_fact::Kind;

use super::columns::Field;

/// Which names a field goes by; the first that a table has counts.
pub(super) type Names = &'static [(Field, &'static [&'static str])];

/// Refusals of a channel, as exports write them.
const OPT_OUTS: [(Field, &[&str]); 3] = [
    (
        Field::OptOut("email"),
        &["hasoptedoutofemail", "emailoptout", "hsemailoptout", "unsubscribedfromallemail", "optedoutofemailall"],
    ),
    (Field::OptOut("phone"), &["donotcall"]),
    (Field::OptOut("fax"), &["hasoptedoutoffax", "faxoptout"]),
];

const fn is(name: &'static str, kind: Kind) -> Field {
    Field::Attribute(name, kind)
}

/// What every kind has.
pub(super) const ALL: Names = &[
    (Field::Created, &["createddate", "createdate", "hscreatedate", "createdat"]),
    (Field::Modified, &["lastmodifieddate", "hslastmodifieddate", "lastmodified", "updatedat", "systemmodstamp"]),
    (Field::Deleted, &["isdeleted", "archived"]),
    (Field::Currency, &["currencyisocode", "dealcurrencycode", "currency", "amountcurrency"]),
];

pub(super) const ACCOUNT: Names = &[
    (Field::Id, &["id", "accountid", "recordid", "hsobjectid", "companyid"]),
    (Field::Owner, &["ownerid", "hubspotownerid", "accountowner", "companyowner", "owner"]),
    (Field::Parent, &["parentid", "parentaccountid", "hsparentcompanyid", "parentcompanyid"]),
    (Field::Lifecycle, &["lifecyclestage"]),
    (is("company", Kind::Company), &["name", "accountname", "companyname"]),
    (is("street", Kind::Street), &["billingstreet", "billingaddressline1", "streetaddress", "address", "address1"]),
    (is("city", Kind::City), &["billingcity", "city"]),
    (is("region", Kind::Region), &["billingstate", "billingstateprovince", "stateregion", "state"]),
    (is("postcode", Kind::Postcode), &["billingpostalcode", "billingzippostalcode", "postalcode", "zip"]),
    (is("country", Kind::Country), &["billingcountry", "billingcountrycode", "countryregion", "country"]),
    (is("phone", Kind::Phone), &["phone", "phonenumber", "accountphone"]),
    (is("website", Kind::Url), &["website", "websiteurl", "companydomainname", "domain"]),
    (is("industry", Kind::Category), &["industry"]),
    (is("employees", Kind::Integer), &["numberofemployees", "employees"]),
    (is("annual_revenue", Kind::Money), &["annualrevenue"]),
    (is("account_type", Kind::Category), &["type", "accounttype"]),
];

pub(super) const CONTACT: Names = &[
    (Field::Id, &["id", "contactid", "recordid", "hsobjectid"]),
    (Field::Owner, &["ownerid", "hubspotownerid", "contactowner", "owner"]),
    (
        Field::Account,
        &["accountid", "primaryassociatedcompanyid", "associatedcompanyid", "associatedcompanyids", "companyid"],
    ),
    (Field::Lifecycle, &["lifecyclestage"]),
    (Field::Status, &["hsleadstatus", "leadstatus"]),
    (Field::Source, &["leadsource", "originalsource", "hsanalyticssource", "originaltrafficsource"]),
    (is("full_name", Kind::FullName), &["name", "fullname"]),
    (is("given_name", Kind::GivenName), &["firstname"]),
    (is("family_name", Kind::FamilyName), &["lastname"]),
    (is("title", Kind::NameTitle), &["salutation"]),
    (is("job_title", Kind::Category), &["title", "jobtitle"]),
    (is("department", Kind::Category), &["department"]),
    (is("email", Kind::Email), &["email", "emailaddress"]),
    (is("phone", Kind::Phone), &["phone", "businessphone", "phonenumber"]),
    (is("mobile", Kind::Phone), &["mobilephone", "mobile", "mobilephonenumber"]),
    (is("company", Kind::Company), &["accountname", "company", "companyname", "associatedcompany"]),
    (is("street", Kind::Street), &["mailingstreet", "mailingaddressline1", "streetaddress", "address", "street"]),
    (is("city", Kind::City), &["mailingcity", "city"]),
    (is("region", Kind::Region), &["mailingstate", "mailingstateprovince", "stateregion", "state"]),
    (is("postcode", Kind::Postcode), &["mailingpostalcode", "mailingzippostalcode", "postalcode", "zip"]),
    (is("country", Kind::Country), &["mailingcountry", "mailingcountrycode", "countryregion", "country"]),
    (is("birth_date", Kind::BirthDate), &["birthdate", "dateofbirth"]),
    OPT_OUTS[0],
    OPT_OUTS[1],
    OPT_OUTS[2],
];

pub(super) const LEAD: Names = &[
    (Field::Id, &["id", "leadid"]),
    (Field::Owner, &["ownerid", "leadowner", "owner"]),
    (Field::Status, &["status", "leadstatus"]),
    (Field::Source, &["leadsource"]),
    (Field::IsConverted, &["isconverted", "converted"]),
    (Field::ConvertedAt, &["converteddate"]),
    (Field::ConvertedAccount, &["convertedaccountid"]),
    (Field::ConvertedContact, &["convertedcontactid"]),
    (Field::ConvertedDeal, &["convertedopportunityid"]),
    (is("full_name", Kind::FullName), &["name", "fullname"]),
    (is("given_name", Kind::GivenName), &["firstname"]),
    (is("family_name", Kind::FamilyName), &["lastname"]),
    (is("title", Kind::NameTitle), &["salutation"]),
    (is("job_title", Kind::Category), &["title", "jobtitle"]),
    (is("company", Kind::Company), &["company", "companyaccount", "companyname"]),
    (is("email", Kind::Email), &["email"]),
    (is("phone", Kind::Phone), &["phone"]),
    (is("mobile", Kind::Phone), &["mobilephone", "mobile"]),
    (is("website", Kind::Url), &["website"]),
    (is("street", Kind::Street), &["street", "address1"]),
    (is("city", Kind::City), &["city"]),
    (is("region", Kind::Region), &["state", "stateprovince"]),
    (is("postcode", Kind::Postcode), &["postalcode", "zippostalcode", "zip"]),
    (is("country", Kind::Country), &["country", "countrycode"]),
    (is("industry", Kind::Category), &["industry"]),
    (is("employees", Kind::Integer), &["numberofemployees", "employees", "noofemployees"]),
    (is("annual_revenue", Kind::Money), &["annualrevenue"]),
    (is("rating", Kind::Category), &["rating"]),
    OPT_OUTS[0],
    OPT_OUTS[1],
    OPT_OUTS[2],
];

pub(super) const DEAL: Names = &[
    (Field::Id, &["id", "opportunityid", "recordid", "hsobjectid", "dealid"]),
    (Field::Name, &["name", "opportunityname", "dealname"]),
    (Field::Stage, &["stagename", "stage", "dealstage"]),
    (Field::Pipeline, &["pipeline", "dealpipeline"]),
    (Field::Amount, &["amount"]),
    (Field::ClosesOn, &["closedate"]),
    (Field::StageSince, &["laststagechangedate", "dateenteredcurrentstage", "hsv2dateenteredcurrentstage"]),
    (Field::Probability, &["probability", "dealprobability", "hsdealstageprobability", "hsforecastprobability"]),
    (Field::Category, &["forecastcategoryname", "forecastcategory", "hsmanualforecastcategory"]),
    (Field::Owner, &["ownerid", "hubspotownerid", "opportunityowner", "dealowner", "owner"]),
    (
        Field::Account,
        &["accountid", "primaryassociatedcompanyid", "associatedcompanyid", "associatedcompanyids", "companyid"],
    ),
    (Field::Contacts, &["contactid", "associatedcontactids", "associatedcontactid", "primarycontactid"]),
    (Field::Reason, &["closedlostreason", "lossreason", "lostreason"]),
    (Field::WonReason, &["closedwonreason", "winreason", "wonreason"]),
    (Field::IsClosed, &["isclosed", "closed", "hsisclosed"]),
    (Field::IsWon, &["iswon", "won", "hsisclosedwon"]),
];

pub(super) const CHANGE: Names = &[
    (Field::Deal, &["opportunityid", "dealid"]),
    (Field::Stage, &["stagename", "tostage", "stage", "dealstage"]),
    (Field::Old, &["fromstage"]),
    (Field::Amount, &["amount"]),
    (Field::ClosesOn, &["closedate"]),
    (Field::Probability, &["probability"]),
    (Field::Category, &["forecastcategory", "forecastcategoryname"]),
];

pub(super) const PROPERTY: Names = &[
    (Field::Deal, &["opportunityid", "dealid", "recordid", "objectid", "hsobjectid"]),
    (Field::Property, &["property", "propertyname", "field", "name"]),
    (Field::Old, &["oldvalue"]),
    (Field::New, &["newvalue", "value", "propertyvalue"]),
    (Field::Modified, &["timestamp", "changedate", "datechanged"]),
];

pub(super) const PART: Names = &[
    (Field::Deal, &["opportunityid", "dealid"]),
    (Field::Contacts, &["contactid"]),
    (Field::Role, &["role", "label", "associationlabel"]),
    (Field::Primary, &["isprimary", "primary"]),
];

pub(super) const USER: Names = &[
    (Field::Id, &["id", "userid", "ownerid"]),
    (Field::Name, &["name", "fullname", "username"]),
    (Field::Email, &["email"]),
    (Field::Manager, &["managerid", "manager"]),
    (Field::Active, &["isactive", "active"]),
    (is("given_name", Kind::GivenName), &["firstname"]),
    (is("family_name", Kind::FamilyName), &["lastname"]),
];

/// What says how the other system works, not what is so.
pub(super) const SKIPPED: &[&str] = &[
    "masterrecordid",
    "photourl",
    "geocodeaccuracy",
    "billinggeocodeaccuracy",
    "shippinggeocodeaccuracy",
    "mailinggeocodeaccuracy",
    "othergeocodeaccuracy",
    "createdbyid",
    "createdby",
    "lastmodifiedbyid",
    "lastmodifiedby",
    "lastvieweddate",
    "lastreferenceddate",
    "isunreadbyowner",
    "jigsaw",
    "jigsawcompanyid",
    "jigsawcontactid",
    "cleanstatus",
    "individualid",
    "recordtypeid",
    "hasopportunitylineitem",
    "hasopenactivity",
    "hasoverduetask",
    "pricebook2id",
    "expectedrevenue",
    "weightedamount",
    "fiscal",
    "fiscalquarter",
    "fiscalyear",
    "fiscalperiod",
    "pushcount",
    "age",
    "lastamountchangedhistoryid",
    "lastclosedatechangedhistoryid",
    "hsmergedobjectids",
    "associateddeal",
    "associateddealids",
    "associatedcontact",
    "associatedcompany",
    "accountname",
    "probability",
];
