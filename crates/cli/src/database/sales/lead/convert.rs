//! `onefold lead convert`: into whom and what, and what that would do.

use std::fmt::Write as _;

use anyhow::Result;
use clap::Args;
use onefold::crm::Opening;
use onefold::{ConversionPreview, ConvertInto, JoinedAs, Onefold, Timestamp};
use serde_json::json;

use crate::Outcome;
use crate::database::Printing;
use crate::database::sales::{one, refusal, said};

/// Into whom and what a lead is converted.
#[derive(Debug, Args)]
pub(super) struct Into {
    /// A customer who is there already: an id or an identifier
    #[arg(long, value_name = "CUSTOMER")]
    contact: Option<String>,
    /// An organisation that is there already: an id
    #[arg(long, value_name = "CUSTOMER")]
    account: Option<String>,
    /// As what the contact is in the account, and takes part in the deal: `decision maker`
    #[arg(long)]
    role: Option<String>,
    /// The lead is not the customer whom linking took it for, if that is not the contact
    #[arg(long, requires = "contact")]
    apart: bool,
    /// Open a deal under this id
    #[arg(long, value_name = "ID", requires = "name")]
    deal: Option<String>,
    /// The name of the deal
    #[arg(long, requires = "deal")]
    name: Option<String>,
    /// The pipeline of the deal
    #[arg(long, default_value = "sales")]
    pipeline: String,
}

impl Into {
    fn read(self, house: &Onefold) -> Result<ConvertInto> {
        let one_of = |text: Option<String>| text.map(|text| one(house, &text)).transpose();
        Ok(ConvertInto {
            contact: one_of(self.contact)?,
            account: one_of(self.account)?,
            role: self.role,
            apart: self.apart,
            opportunity: self.deal.zip(self.name).map(|(deal, name)| (deal, Opening::named(name))),
            pipeline: self.pipeline,
            ..ConvertInto::default()
        })
    }
}

pub(super) fn convert(
    house: &Onefold,
    id: &str,
    into: Into,
    preview: bool,
    at: Timestamp,
    printing: Printing,
) -> Result<Outcome> {
    let into = into.read(house)?;
    if !preview {
        return said(printing, house.convert_lead(id, &into, at).map(|accepted| vec![accepted]));
    }
    let would = match house.preview_conversion(id, &into, at) {
        Ok(would) => would,
        Err(error) => return said(printing, Err(error)),
    };
    let refused = would.refused.as_ref().map(refusal);
    let json = json!({
        "contact": would.conversion.contact,
        "account": would.conversion.account,
        "kept": would.conversion.kept,
        "deal": into.opportunity.as_ref().map(|(deal, _)| deal),
        "one": would.one,
        "alike": would.alike,
        "member_of": would.member_of,
        "refused": refused.as_ref().map(|(json, _)| json),
    });
    printing.print(&json, || {
        let text = told(&would, into.opportunity.as_ref().map(|(deal, _)| deal.as_str()), into.role.as_deref());
        refused.as_ref().map_or(text.clone(), |(_, refused)| text + refused)
    })?;
    Ok(if would.refused.is_some() { Outcome::Refused } else { Outcome::Done })
}

fn told(would: &ConversionPreview, deal: Option<&str>, role: Option<&str>) -> String {
    let mut text = String::new();
    for joined in &would.one {
        let as_ = match joined.as_ {
            JoinedAs::Contact => "the contact",
            JoinedAs::Lead => "the lead",
            JoinedAs::TakenFor => "whom linking took the lead for",
            JoinedAs::Alike => "alike",
        };
        let _ = writeln!(text, "one customer: {} ({}), {as_}", joined.name, joined.id);
    }
    for (of, set) in [("contact", &would.conversion.contact), ("account", &would.conversion.account)] {
        for (field, value) in set {
            let _ = writeln!(text, "{of}: {field} becomes {value}");
        }
    }
    for kept in &would.conversion.kept {
        let _ = writeln!(text, "{}: {} stays {}, not {}", kept.of, kept.field, kept.is, kept.lead_says);
    }
    if let Some(group) = &would.member_of {
        let role = role.map(|role| format!(" as {role}")).unwrap_or_default();
        let _ = writeln!(text, "contact: becomes a member of {group}{role}");
    }
    for other in &would.alike {
        let _ = writeln!(
            text,
            "account: {} ({}) holds an address or a number that comes to it; they may be found to be one",
            other.name, other.id
        );
    }
    if let Some((deal, opening)) = deal.zip(would.conversion.opportunity.as_ref()) {
        let _ = writeln!(text, "deal: {deal} begins, {}", opening.name);
    }
    text
}
