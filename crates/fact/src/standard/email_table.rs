//! What mail providers do with an address, and the local parts that name a function.

use super::word_list::WordList;

/// How one mail domain treats the local part.
pub(super) struct Provider {
    /// The domain that the rule is for.
    pub(super) domain: &'static str,
    /// From this sign on the local part is a tag that does not change the mailbox.
    pub(super) tag: char,
    /// Characters of the local part that do not count.
    pub(super) ignored: &'static str,
    /// The domain that stands for all domains of the same mailboxes.
    pub(super) mailbox: &'static str,
}

const fn provider(domain: &'static str, tag: char, ignored: &'static str, mailbox: &'static str) -> Provider {
    Provider { domain, tag, ignored, mailbox }
}

/// Rules as the providers' own help pages state them, sorted by domain. Providers that publish no such rule are
/// absent on purpose: removing a tag that the provider delivers elsewhere would join two people.
#[rustfmt::skip]
pub(super) const PROVIDERS: &[Provider] = &[
    provider("bk.ru", '+', "", "bk.ru"),
    provider("fastmail.com", '+', "", "fastmail.com"),
    provider("fastmail.fm", '+', "", "fastmail.fm"),
    provider("gmail.com", '+', ".", "gmail.com"),
    provider("googlemail.com", '+', ".", "gmail.com"),
    provider("hey.com", '+', "", "hey.com"),
    provider("hotmail.co.uk", '+', "", "hotmail.co.uk"),
    provider("hotmail.com", '+', "", "hotmail.com"),
    provider("hotmail.de", '+', "", "hotmail.de"),
    provider("hotmail.es", '+', "", "hotmail.es"),
    provider("hotmail.fr", '+', "", "hotmail.fr"),
    provider("hotmail.it", '+', "", "hotmail.it"),
    provider("icloud.com", '+', "", "icloud.com"),
    provider("inbox.ru", '+', "", "inbox.ru"),
    provider("list.ru", '+', "", "list.ru"),
    provider("live.co.uk", '+', "", "live.co.uk"),
    provider("live.com", '+', "", "live.com"),
    provider("live.de", '+', "", "live.de"),
    provider("live.fr", '+', "", "live.fr"),
    provider("live.nl", '+', "", "live.nl"),
    provider("mac.com", '+', "", "icloud.com"),
    provider("mail.ru", '+', "", "mail.ru"),
    provider("mailbox.org", '+', "", "mailbox.org"),
    provider("me.com", '+', "", "icloud.com"),
    provider("msn.com", '+', "", "msn.com"),
    provider("outlook.com", '+', "", "outlook.com"),
    provider("outlook.de", '+', "", "outlook.de"),
    provider("outlook.es", '+', "", "outlook.es"),
    provider("outlook.fr", '+', "", "outlook.fr"),
    provider("outlook.it", '+', "", "outlook.it"),
    provider("pm.me", '+', ".-_", "proton.me"),
    provider("posteo.de", '+', "", "posteo.de"),
    provider("proton.me", '+', ".-_", "proton.me"),
    provider("protonmail.ch", '+', ".-_", "proton.me"),
    provider("protonmail.com", '+', ".-_", "proton.me"),
    provider("rocketmail.com", '-', "", "rocketmail.com"),
    provider("runbox.com", '+', "", "runbox.com"),
    provider("ya.ru", '+', "", "yandex.ru"),
    provider("yahoo.ca", '-', "", "yahoo.ca"),
    provider("yahoo.co.in", '-', "", "yahoo.co.in"),
    provider("yahoo.co.uk", '-', "", "yahoo.co.uk"),
    provider("yahoo.com", '-', "", "yahoo.com"),
    provider("yahoo.com.au", '-', "", "yahoo.com.au"),
    provider("yahoo.com.br", '-', "", "yahoo.com.br"),
    provider("yahoo.de", '-', "", "yahoo.de"),
    provider("yahoo.es", '-', "", "yahoo.es"),
    provider("yahoo.fr", '-', "", "yahoo.fr"),
    provider("yahoo.it", '-', "", "yahoo.it"),
    provider("yandex.by", '+', "", "yandex.ru"),
    provider("yandex.com", '+', "", "yandex.ru"),
    provider("yandex.kz", '+', "", "yandex.ru"),
    provider("yandex.ru", '+', "", "yandex.ru"),
    provider("yandex.ua", '+', "", "yandex.ru"),
    provider("ymail.com", '-', "", "ymail.com"),
    provider("zoho.com", '+', "", "zoho.com"),
    provider("zohomail.com", '+', "", "zohomail.com"),
];

/// Local parts of shared, functional mailboxes, without dots, dashes and underscores; sorted. RFC 2142 names the
/// technical ones, the rest is usage in English, German, French, Spanish, Italian and Portuguese.
#[rustfmt::skip]
pub(super) static ROLES: WordList = WordList::new(&[
    "abuse", "accountant", "accounting", "accounts", "accountspayable", "accountsreceivable", "accueil", "acquisti",
    "admin", "administracion", "administration", "administrativo", "administrator", "amministrazione", "anfrage",
    "ap", "ar", "atencionalcliente", "b2b", "bestellung", "bestellungen", "bewerbung", "bilgi", "billing", "biuro",
    "boekhouding", "booking", "bookings", "bookkeeping", "buchhaltung", "buero", "bureau", "careers", "client",
    "clients", "cobranzas", "comercial", "commercial", "compliance", "compras", "compta", "comptabilite",
    "comunicazione", "contabilidad", "contabilidade", "contabilita", "contact", "contacto", "contactus", "contato",
    "contatti", "crm", "customercare", "customers", "customerservice", "customersupport", "datenschutz", "desk",
    "direccion", "direction", "donotreply", "dpo", "einkauf", "email", "enquiries", "enquiry", "events",
    "facturacion", "faktura", "faleconosco", "fatturazione", "feedback", "finance", "financeiro", "finanzen",
    "frontdesk", "ftp", "general", "gerencia", "hallo", "hello", "help", "helpdesk", "hi", "hola", "home",
    "hostmaster", "hr", "humanresources", "iletisim", "info", "information", "infos", "inquiries", "inquiry",
    "invoice", "invoices", "invoicing", "it", "jobs", "kanzlei", "klantenservice", "kontakt", "kundenservice",
    "kundeservice", "kundtjanst", "law", "legal", "mail", "mailbox", "mailer", "mailerdaemon", "mailing",
    "management", "manager", "marketing", "media", "members", "membership", "news", "newsletter", "nobody", "noc",
    "noreply", "noresponse", "notification", "notifications", "notreply", "objednavky", "office", "operations",
    "ops", "order", "orders", "ordini", "ordre", "ordrer", "partner", "partners", "payments", "payroll", "pedidos",
    "personal", "podrzka", "post", "postmaster", "praxis", "press", "presse", "privacy", "procurement",
    "purchasing", "recepcion", "reception", "receptionist", "rechnung", "rechnungen", "recruiting", "recruitment",
    "reklamacje", "reservas", "reservations", "returns", "rezeption", "rh", "root", "sac", "sales", "salesteam",
    "satis", "secretaria", "secretariaat", "secretary", "security", "segreteria", "sekretariat", "service",
    "services", "shipping", "shop", "spam", "sprzedaz", "staff", "stats", "store", "subscribe", "subscriptions",
    "suporte", "support", "supporto", "sysadmin", "team", "tech", "technical", "techsupport", "ugyfelszolgalat",
    "unsubscribe", "usenet", "uucp", "vendas", "vendite", "ventas", "verkauf", "verkoop", "vertrieb", "verwaltung",
    "web", "webadmin", "webmaster", "webshop", "welcome", "www", "zamowienia", "zentrale",
]);

/// What people write into a field for an address that they do not give, without dots, dashes, underscores and digits;
/// sorted.
pub(super) static FILLERS: WordList = WordList::new(&[
    "declined",
    "donthave",
    "invalid",
    "na",
    "nil",
    "no",
    "noaddress",
    "noemail",
    "nomail",
    "none",
    "notprovided",
    "null",
    "refused",
    "test",
    "unknown",
]);

/// Mail services whose domains end in many countries' codes alike, with the sign before a tag; sorted.
pub(super) const SERVICES: &[(&str, char)] =
    &[("hotmail", '+'), ("live", '+'), ("outlook", '+'), ("windowslive", '+'), ("yahoo", '-')];
