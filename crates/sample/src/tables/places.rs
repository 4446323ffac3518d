//! Towns and streets by country, the larger and commoner first.
//!
//! Written from general knowledge; postcode and dialling prefixes follow the national plans, the rest of a code is made up.

/// British towns: `name|county|postcode area|dialling code`.
pub(super) const UK_TOWNS: &str = "London|Greater London|SE|020;Birmingham|West Midlands|B|0121;Leeds|West Yorkshire|LS|0113;\
Glasgow|Lanarkshire|G|0141;Sheffield|South Yorkshire|S|0114;Manchester|Greater Manchester|M|0161;Bradford|West Yorkshire|BD|01274;\
Edinburgh|Midlothian|EH|0131;Liverpool|Merseyside|L|0151;Bristol|Avon|BS|0117;Croydon|Surrey|CR|020;Cardiff|South Glamorgan|CF|029;\
Leicester|Leicestershire|LE|0116;Coventry|West Midlands|CV|024;Nottingham|Nottinghamshire|NG|0115;\
Newcastle upon Tyne|Tyne and Wear|NE|0191;Belfast|Antrim|BT|028;Brighton|East Sussex|BN|01273;Plymouth|Devon|PL|01752;\
Stoke-on-Trent|Staffordshire|ST|01782;Wolverhampton|West Midlands|WV|01902;Derby|Derbyshire|DE|01332;Swansea|West Glamorgan|SA|01792;\
Southampton|Hampshire|SO|023;Aberdeen|Aberdeenshire|AB|01224;Portsmouth|Hampshire|PO|023;York|North Yorkshire|YO|01904;\
Peterborough|Cambridgeshire|PE|01733;Dundee|Angus|DD|01382;Lancaster|Lancashire|LA|01524;Oxford|Oxfordshire|OX|01865;\
Newport|Gwent|NP|01633;Preston|Lancashire|PR|01772;St Albans|Hertfordshire|AL|01727;Norwich|Norfolk|NR|01603;Chester|Cheshire|CH|01244;\
Cambridge|Cambridgeshire|CB|01223;Salisbury|Wiltshire|SP|01722;Exeter|Devon|EX|01392;Gloucester|Gloucestershire|GL|01452;\
Lisburn|Antrim|BT|028;Chichester|West Sussex|PO|01243;Winchester|Hampshire|SO|01962;Carlisle|Cumbria|CA|01228;\
Worcester|Worcestershire|WR|01905;Bath|Somerset|BA|01225;Durham|County Durham|DH|0191;Lincoln|Lincolnshire|LN|01522;\
Hereford|Herefordshire|HR|01432;Inverness|Highland|IV|01463;Stirling|Stirlingshire|FK|01786;Perth|Perthshire|PH|01738;\
Truro|Cornwall|TR|01872;Huddersfield|West Yorkshire|HD|01484;Halifax|West Yorkshire|HX|01422;Harrogate|North Yorkshire|HG|01423;\
Blackpool|Lancashire|FY|01253;Bolton|Greater Manchester|BL|01204;Stockport|Cheshire|SK|0161;Warrington|Cheshire|WA|01925;\
Wigan|Greater Manchester|WN|01942;Ipswich|Suffolk|IP|01473;Colchester|Essex|CO|01206;Chelmsford|Essex|CM|01245;\
Southend-on-Sea|Essex|SS|01702;Luton|Bedfordshire|LU|01582;Milton Keynes|Buckinghamshire|MK|01908;Northampton|Northamptonshire|NN|01604;\
Reading|Berkshire|RG|0118;Slough|Berkshire|SL|01753;Guildford|Surrey|GU|01483;Maidstone|Kent|ME|01622;Canterbury|Kent|CT|01227;\
Bournemouth|Dorset|BH|01202;Swindon|Wiltshire|SN|01793;Taunton|Somerset|TA|01823;Shrewsbury|Shropshire|SY|01743;\
Telford|Shropshire|TF|01952;Doncaster|South Yorkshire|DN|01302;Hull|East Yorkshire|HU|01482;Middlesbrough|Cleveland|TS|01642;\
Sunderland|Tyne and Wear|SR|0191;Wakefield|West Yorkshire|WF|01924;Kilmarnock|Ayrshire|KA|01563;Paisley|Renfrewshire|PA|0141;\
Llandudno|Conwy|LL|01492;Dorchester|Dorset|DT|01305;Torquay|Devon|TQ|01803;Watford|Hertfordshire|WD|01923";

/// German towns: `name|state|first two digits of the postcode|dialling code`.
pub(super) const DE_TOWNS: &str = "Berlin|Berlin|10|030;Hamburg|Hamburg|20|040;München|Bayern|80|089;Köln|Nordrhein-Westfalen|50|0221;\
Frankfurt am Main|Hessen|60|069;Stuttgart|Baden-Württemberg|70|0711;Düsseldorf|Nordrhein-Westfalen|40|0211;Leipzig|Sachsen|04|0341;\
Dortmund|Nordrhein-Westfalen|44|0231;Essen|Nordrhein-Westfalen|45|0201;Bremen|Bremen|28|0421;Dresden|Sachsen|01|0351;\
Hannover|Niedersachsen|30|0511;Nürnberg|Bayern|90|0911;Münster|Nordrhein-Westfalen|48|0251;Karlsruhe|Baden-Württemberg|76|0721;\
Mannheim|Baden-Württemberg|68|0621;Augsburg|Bayern|86|0821;Göttingen|Niedersachsen|37|0551;Würzburg|Bayern|97|0931;Lübeck|Schleswig-Holstein|23|0451;\
Saarbrücken|Saarland|66|0681";

/// French towns: `name|region|department|first digits of the number`.
pub(super) const FR_TOWNS: &str = "Paris|Île-de-France|75|01;Marseille|Provence|13|04;Lyon|Rhône|69|04;Toulouse|Occitanie|31|05;\
Nice|Provence|06|04;Nantes|Pays de la Loire|44|02;Montpellier|Occitanie|34|04;Strasbourg|Grand Est|67|03;Bordeaux|Aquitaine|33|05;\
Lille|Hauts-de-France|59|03;Rennes|Bretagne|35|02;Reims|Grand Est|51|03;Saint-Étienne|Loire|42|04;Besançon|Doubs|25|03;\
Orléans|Centre|45|02;Nîmes|Gard|30|04";

/// Spanish towns: `name|region|first two digits of the postcode|first digits of the number`.
pub(super) const ES_TOWNS: &str = "Madrid|Madrid|28|91;Barcelona|Cataluña|08|93;Valencia|Valencia|46|96;Sevilla|Andalucía|41|95;\
Zaragoza|Aragón|50|976;Málaga|Andalucía|29|952;Murcia|Murcia|30|968;Palma|Baleares|07|971;Bilbao|País Vasco|48|94;\
Alicante|Valencia|03|965;Córdoba|Andalucía|14|957;Valladolid|Castilla y León|47|983;A Coruña|Galicia|15|981;Gijón|Asturias|33|984";

/// Polish towns: `name|region|first two digits of the postcode|dialling code`.
pub(super) const PL_TOWNS: &str = "Warszawa|mazowieckie|00|22;Kraków|małopolskie|30|12;Łódź|łódzkie|90|42;Wrocław|dolnośląskie|50|71;\
Poznań|wielkopolskie|60|61;Gdańsk|pomorskie|80|58;Szczecin|zachodniopomorskie|70|91;Bydgoszcz|kujawsko-pomorskie|85|52;\
Lublin|lubelskie|20|81;Białystok|podlaskie|15|85;Katowice|śląskie|40|32;Toruń|kujawsko-pomorskie|87|56;Rzeszów|podkarpackie|35|17;\
Częstochowa|śląskie|42|34";

/// American towns: `name|state|first three digits of the ZIP code|area code`.
pub(super) const US_TOWNS: &str = "New York|NY|100|212;Los Angeles|CA|900|213;Chicago|IL|606|312;Houston|TX|770|713;Phoenix|AZ|850|602;\
Philadelphia|PA|191|215;San Antonio|TX|782|210;San Diego|CA|921|619;Dallas|TX|752|214;Columbus|OH|432|614;Springfield|IL|627|217;\
Portland|OR|972|503;Denver|CO|802|303;Boston|MA|021|617;Nashville|TN|372|615;Milwaukee|WI|532|414";

/// Irish towns: `name|county|first three characters of the Eircode|dialling code`.
pub(super) const IE_TOWNS: &str = "Dublin|Co. Dublin|D04|01;Cork|Co. Cork|T12|021;Limerick|Co. Limerick|V94|061;Galway|Co. Galway|H91|091;\
Waterford|Co. Waterford|X91|051;Drogheda|Co. Louth|A92|041;Kilkenny|Co. Kilkenny|R95|056;Sligo|Co. Sligo|F91|071;Tralee|Co. Kerry|V92|066";

/// First words of British, American and Irish street names.
pub(super) const ENGLISH_STREETS: &str = "High|Station|Church|Park|Victoria|London|Manor|Mill|Green|Queens|Kings|New|Grange|Springfield|\
Albert|York|Windsor|George|Alexandra|Chapel|School|Highfield|Woodlands|Grove|North|South|West|East|Stanley|Richmond|Main|Maple|Oak|Elm|\
Cedar|Washington|Chester|Cambridge|Oxford|Orchard|Meadow|Beech|Hawthorn|Willow|Birch|Ash|Holly|Lime|Sycamore|Poplar|Hill|Valley|River|\
Bridge|Castle|Abbey|Priory|St John's|St Mary's|St Peter's|Mount Pleasant|Broad|Market|Water|Spring|Cross|Clarence|Wellington|Nelson|\
Trafalgar|Waterloo|Marlborough|Carlton|Lansdowne|Devonshire|Bedford|Salisbury|Norfolk|Cavendish|Warwick|Lincoln|Jefferson|Madison|\
Franklin|Lakeview|Sunset|Ferndale|Rosebery|Gladstone|Balmoral|Sandringham|Fairfield|Westfield|Brook|Dale|Ridge|Heath|Common|Quarry|Forge|\
Tanners|Weavers|Coopers|Fishers|Harbour|Quay|Wharf|Canal|Lock|Vicarage|Rectory|Glebe|Tithe Barn|Paddock|Meadowbank|Thornhill|Larkfield";

/// Last words of British and Irish street names, commonest first.
pub(super) const UK_STREET_TYPES: &str =
    "Road|Street|Lane|Avenue|Close|Drive|Way|Court|Gardens|Crescent|Terrace|Place|Grove|Walk";

/// Last words of American street names.
pub(super) const US_STREET_TYPES: &str = "Street|Avenue|Drive|Road|Lane|Court|Boulevard|Place";

/// German streets.
pub(super) const DE_STREETS: &str = "Hauptstraße|Schulstraße|Bahnhofstraße|Gartenstraße|Dorfstraße|Bergstraße|Lindenstraße|\
Birkenweg|Kirchstraße|Waldstraße|Ringstraße|Amselweg|Schillerstraße|Goethestraße|Jahnstraße|Wiesenweg|Buchenweg|Mozartstraße|Rosenweg|\
Beethovenstraße|Mühlweg|Am Sportplatz|Feldstraße|Blumenstraße|Friedhofstraße|Poststraße|Lessingstraße|Königstraße|Eichendorffstraße|\
Ahornweg|Tannenweg|Uhlandstraße|Marktplatz|Brunnenstraße|Röntgenstraße";

/// French streets.
pub(super) const FR_STREETS: &str = "rue de l'Église|place de l'Église|rue du Moulin|Grande Rue|rue du Château|rue des Écoles|\
rue de la Gare|rue de la Mairie|rue Principale|rue du Stade|rue de la Fontaine|rue Pasteur|rue des Jardins|rue Victor Hugo|\
avenue de la République|rue Jules Ferry|rue de la Paix|rue des Lilas|boulevard Voltaire|rue Jean Jaurès|rue des Acacias|chemin des Vignes|\
avenue du Général Leclerc|rue du Four|impasse des Cerisiers|rue Gambetta|allée des Tilleuls|quai des Moulins";

/// Spanish streets.
pub(super) const ES_STREETS: &str = "Calle Mayor|Calle Real|Calle Nueva|Avenida de la Constitución|Calle del Sol|Calle de la Iglesia|\
Plaza Mayor|Calle San José|Calle Cervantes|Calle de la Fuente|Paseo de la Estación|Calle San Juan|Avenida de Andalucía|Calle Goya|\
Calle Velázquez|Calle del Carmen|Calle Ancha|Calle del Pozo|Avenida del Mediterráneo|Calle Lope de Vega|Camino Viejo|Calle Jardines|\
Ronda de Segovia|Calle Zurbarán";

/// Polish streets.
pub(super) const PL_STREETS: &str = "Polna|Leśna|Słoneczna|Krótka|Szkolna|Ogrodowa|Lipowa|Brzozowa|Łąkowa|Kwiatowa|Kościelna|Sosnowa|\
Zielona|Parkowa|Akacjowa|Kolejowa|Mickiewicza|Sienkiewicza|Słowackiego|Kościuszki|Piłsudskiego|Długa|Mostowa|Wiśniowa|Klonowa|Spacerowa|\
Młyńska|Górna";
