//! Words for companies, jobs, products, mail providers, requests: everything that is neither a name nor a place.

/// First words of company names.
pub(super) const COMPANY_FIRST: &str = "Northgate|Harbour|Bluestone|Kestrel|Meridian|Oakfield|Summit|Pinnacle|Redwood|Lakeside|Sterling|\
Beacon|Anchor|Crown|Falcon|Granite|Ivory|Juniper|Lighthouse|Maple|Nimbus|Orchard|Phoenix|Quantum|Riverside|Sable|Tamar|Union|Vantage|\
Westbrook|Zenith|Albion|Brightwater|Cobalt|Dovetail|Evergreen|Foxglove|Greystone|Hawthorne|Inverclyde|Keystone|Larkspur|Millbrook";

/// Second words of company names.
pub(super) const COMPANY_SECOND: &str = "Logistics|Engineering|Foods|Systems|Textiles|Consulting|Energy|Interiors|Media|Pharma|Motors|\
Joinery|Analytics|Travel|Security|Components|Plastics|Print|Catering|Software|Instruments|Trading";

/// Industries.
pub(super) const INDUSTRIES: &str =
    "Manufacturing|Retail|Transport|Health|Construction|Finance|Hospitality|Education|Technology|Energy";

/// Job titles.
pub(super) const JOBS: &str = "Sales Manager|Account Manager|Buyer|Engineer|Office Manager|Finance Director|Accountant|Teacher|Nurse|\
Software Developer|Project Manager|Managing Director|Operations Manager|Designer|Technician|HR Manager|Analyst|Consultant|Owner|Assistant";

/// Products: `stock number|name|price in hundredths`.
pub(super) const PRODUCTS: &str = "KET-017|Electric kettle|3499;TOA-002|Two-slice toaster|2999;LMP-110|Desk lamp|2450;CHR-301|Office chair|14900;\
DSK-120|Standing desk|38900;MUG-004|Stoneware mug|895;TWL-050|Bath towel|1250;PIL-022|Feather pillow|2200;DUV-210|Winter duvet|6990;\
RUG-075|Wool rug|11900;BAG-031|Canvas bag|1990;BTL-009|Steel bottle|1695;KNF-015|Chef's knife|4500;PAN-028|Cast-iron pan|5400;\
CLK-003|Wall clock|2790;FRM-012|Picture frame|1150;VAS-006|Glass vase|1890;CUS-044|Velvet cushion|1950;BLK-018|Notebook, ruled|690;\
PEN-001|Fountain pen|2490;TEN-400|Two-person tent|12900;SLP-200|Sleeping bag|7490;JKT-088|Rain jacket|8900;SHO-140|Walking shoes|9900;\
UMB-007|Folding umbrella|1790;HDP-060|Headphones|5990;SPK-033|Portable speaker|4490;CHG-011|USB charger|1890;PLN-005|Potted fern|1490;\
TOY-070|Wooden train|2190";

/// Mail providers that people use anywhere; the first ignores dots in the local part. All lie in the reserved domain `example`.
pub(super) const PROVIDERS: &str =
    "gomail.example|hotpost.example|inbox.example|mailhub.example|webmail.example|skymail.example|ownpost.example";

/// Words of the handles that some people choose instead of their name.
pub(super) const HANDLES: &str = "blue|fox|tiger|rider|moon|star|happy|garden|guitar|runner|coffee|wolf|sunny|pixel|river|lucky|dragon|\
baker|captain|shadow|maple|cosmic|rocket|daisy|salty|north|velvet|echo|falcon|misty";

/// Requests: `subject|body`; `{order}`, `{street}` and `{product}` are filled in.
pub(super) const REQUESTS: &str = "Where is my parcel?|I ordered the {product} ({order}) and it has not arrived. Can you check?;\
Refund not received|I sent back the {product} two weeks ago and still wait for the refund.;\
Wrong item|You sent me something else than the {product} I ordered.;\
Change of address|I have moved, please send everything to {street} from now on.;\
Cannot sign in|The password reset mail never arrives. I may have used another e-mail address.;\
Damaged on arrival|The {product} came with a crack. Photos are attached.;\
Invoice needed|Please send me an invoice for order {order}.;\
Please call me back|I tried the chat but it closed on me. It is about the {product}.;\
Duplicate account|I believe I have two accounts with you, one under my old e-mail.;\
Order for my partner|The order {order} was placed by my partner, can you add it to my account?;\
Unsubscribe|Please stop the newsletter, I never asked for it.;\
Question about {product}|Is the {product} available in another colour?";

/// Reasons of returns.
pub(super) const RETURN_REASONS: &str = "too small|damaged|not as described|changed mind|arrived late|wrong item";

/// Pages of the web shop.
pub(super) const PAGES: &str = "/|/kitchen|/living|/outdoor|/sale|/stores|/help|/account|/basket|/delivery";
