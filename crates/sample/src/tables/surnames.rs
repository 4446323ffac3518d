//! Family names by country, commonest first.
//!
//! Written from general knowledge of census top lists; the rank alone sets the weight.

/// British family names.
pub(super) const UK: &str = "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts \
Green Hall Wood Jackson Clarke Clark Harris Lewis Turner Hill Cooper Ward Morris Moore Hughes Edwards King Baker Harrison Morgan Allen \
James Patel Scott Phillips Watson Davis Parker Bennett Price Griffiths Young Khan Mitchell Cook Bailey Carter Richardson Shaw Bell \
Collins Adams Hussain Marshall Cox Begum Campbell Singh Miller Anderson Simpson Richards Chapman Wilkinson Webb Ali Rogers Ahmed Gray \
Mason Ellis Stevens Murphy Hunt Mills Lloyd Knight Holmes Barker Matthews Butler Palmer Kelly Thomas Barnes Powell Stewart Fisher \
Rose Fletcher Graham Reynolds Jenkins Harvey Dixon Pearson Saunders Howard Andrews Payne Fox Pearce Elliott Day Lawrence West Walsh \
Brooks Reid Burton Ford Dean Cole Foster Atkinson Lane Gibson Armstrong Mccarthy Bradley Owen Ross Fraser Hart Watts Perry Francis \
Newman Macdonald Hawkins Harper Spencer Cooke Stone Dawson Nicholson Carr Hudson Gardner Bird Grant Berry Burns Hamilton Hayes Stevenson \
Lee Hopkins Kaur Robertson Cunningham Nicholls Tucker Curtis Woods Bishop Barrett Goodwin Porter Warren Barton Sutton Osborne Freeman \
Cross Potter Wells Page Booth Long Lowe Henderson Parsons Oliver Gill Coleman Gordon Black Sharp Poole Chambers Rowe Bates Wheeler \
Griffin Mann Slater Higgins Hewitt Jennings Rees Bull Woodward Parry Austin Marsh Dunn Barlow Bolton Jordan Read Lamb Walton Blake \
Baldwin Allan Pritchard Dale Akhtar Hodgson Sanders Duffy Davidson Crawford Fowler Kerr Short Sheppard Moss Field Norris Morrison \
Douglas Rahman Savage Miah Simmons Holland Doyle Wallace Bond Todd Humphreys Bartlett Whitehead Thornton Abbott Bryant \
Sinclair Manning Fuller Daniels Coates Wall Kemp Hancock Frost Middleton Bibi French Stephens Sykes Lord Chowdhury Goddard Hicks \
Nash Howarth Townsend Lambert Pickering Weston Reeves Gregory Rhodes Skinner Conway Norman Farrell Heath Leach Steele Hobbs Charlton \
Ingram Randall Bowen Vaughan Whittaker Dyer Preston Sharma Buckley Wade Glover Hope Carpenter Bruce Sullivan Gilbert Tyler Law Naylor \
Swift Bevan Winter Rowley Finch Cartwright Mccann Kirk Connolly Ball Burgess Rowlands Nelson Pugh Hooper Hardy Waters Bowden Hilton \
Haynes Barber Wyatt Pollard Lucas Nolan Gough Stokes Talbot Donnelly Kay Godfrey Arnold Ashton Summers Hartley Forster Tomlinson \
Pope Fleming Cameron Ferguson Paterson Mackenzie Mackay Maclean Murray Johnston Watt Muir Mcdonald Mcintyre Mckenzie Sutherland \
Kennedy Burke Horton Drew Eaton Ferris Greenwood Haigh Illingworth Jarvis Kershaw Lister Metcalfe Nuttall Ogden Peacock Quinn Radford \
Schofield Tattersall Unwin Varley Whitworth Yates Penhaligon Trevithick Tregenza Nankivell Cadwallader Llewellyn Prothero Gwilliam";

/// First parts of rarer British family names; with [`UK_ENDINGS`] they make the long tail that every register has.
pub(super) const UK_STEMS: &str = "Ash Beck Birk Brad Brom Brook Cal Chad Clif Craw Dart Den Drax Eg Fair Farn Gar Glas Hack Hal Hamp \
Haz Hel Hol Hux Kel Kirk Lang Lin Mar Mel Nor Old Ox Pem Rad Raw Red Rock Ruf Sal Sel Shel Stan Staf Strat Sun Thorn Tun Wake Wat Whit \
Win Wol Wyn";

/// Last parts of rarer British family names.
pub(super) const UK_ENDINGS: &str = "bourne bury by cliffe combe cote dale den field ford ham hurst ingham land ley low more shaw stead \
ston ton wick with wood worth";

/// German family names.
pub(super) const DE: &str = "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein \
Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze \
Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller \
Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer \
Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch \
Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Lindner Ernst Hübner Kramer Franz Beyer Wolter Peter Jansen Kern Barth Wenzel Hermann \
Ott Paul Riedel Wilhelm Hansen Nagel Grimm Lenz Ritter Bock Langer Kaufmann Mohr Förster Zimmer Haase Lutz Kruse Jahn Schumann";

/// French family names.
pub(super) const FR: &str = "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux \
David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefèvre Faure André Mercier Blanc Guérin \
Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson \
Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier \
Arnaud Martinez Gérard Roche Renard Schmitt Roy Leroux Colin Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier \
Philippe Bourgeois Pierre Benoît Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert Berger Carpentier \
Sanchez Dupuis Moulin Louis Deschamps Huet Vasseur Perez Boucher Fleury Royer Klein";

/// Spanish family names; a person bears two.
pub(super) const ES: &str = "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Hernández Ruiz Díaz \
Moreno Muñoz Álvarez Romero Gutiérrez Alonso Navarro Torres Domínguez Ramos Vázquez Ramírez Gil Serrano Morales Molina Blanco Suárez \
Castro Ortega Delgado Ortiz Marín Rubio Núñez Medina Sanz Castillo Iglesias Cortés Garrido Santos Guerrero Lozano Cano Cruz Méndez \
Flores Prieto Herrera Peña León Márquez Cabrera Gallego Calvo Vidal Campos Reyes Vega Fuentes Carrasco Díez Aguilar Caballero Nieto \
Santana Vargas Pascual Giménez Herrero Hidalgo Montero Lorenzo Santiago Benítez Durán Ibáñez Arias Mora Ferrer Carmona Vicente Rojas \
Soto Crespo Román Pastor Velasco Parra Sáez Moya Bravo Rivera Gallardo Soler";

/// Polish family names in their masculine form.
pub(super) const PL: &str = "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski \
Kozłowski Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski Król Wieczorek \
Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki Pawlak Górski Witkowski Walczak Sikora \
Baran Rutkowski Michalak Szewczyk Ostrowski Tomaszewski Pietrzak Zalewski Wróblewski Marciniak Jasiński Zawadzki Bąk Jakubowski Sadowski \
Duda Włodarczyk Wilk Chmielewski Borkowski Sokołowski Szczepański Sawicki Kucharski Lis Maciejewski Kubiak Kalinowski Mazurek Wysocki \
Kołodziej Kaźmierczak Czarnecki Konieczny Urban Głowacki Wasilewski Sikorski Zakrzewski Krajewski Krupa Laskowski Ziółkowski Gajewski \
Mróz Szulc Makowski Brzeziński Przybylski Kaczmarczyk Baranowski Borowski Błaszczyk Adamski Górecki Szczepaniak Leszczyński Czerwiński \
Andrzejewski Kania Mikołajczyk Cieślak Lipiński Kozak Kowalewski Wesołowski Janik";

/// American family names.
pub(super) const US: &str = "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson \
Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King \
Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner \
Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly \
Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders \
Myers Ross Foster Schwartz Kowalski Olson Larson Hoffman Petersen Yoder Kaplan Washington Jefferson Chen Wang Tran Pham";

/// Irish family names.
pub(super) const IE: &str = "Murphy Kelly O'Sullivan Walsh Smith O'Brien Byrne Ryan O'Connor O'Neill O'Reilly Doyle McCarthy Gallagher \
O'Doherty Kennedy Lynch Murray Quinn Moore McLoughlin O'Carroll Connolly Daly O'Connell Wilson Dunne Brennan Burke Collins Campbell Clarke \
Johnston Hughes O'Farrell Fitzgerald Brown Martin Maguire Nolan Flynn Thompson O'Callaghan O'Donnell Duffy O'Mahony Boyle Healy O'Shea \
White Sweeney Hayes Kavanagh Power McGrath Moran Brady Stewart Casey Foley Fitzpatrick O'Leary McDonnell MacMahon Donnelly Regan Donovan \
Burns Flanagan Mullan Barry Kane Robinson Cunningham Griffin Kenny Sheehan Ward Whelan Lyons Reid Graham Higgins Cullen Keane King";
