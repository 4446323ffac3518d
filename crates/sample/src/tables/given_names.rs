//! Given names by country and sex, commonest first, and the short forms in use.
//!
//! Written from general knowledge of census and birth-register top lists; the rank alone sets the weight.

/// British women.
pub(super) const UK_WOMEN: &str = "Sarah Emma Susan Margaret Laura Karen Claire Julie Jennifer Rebecca Elizabeth Jacqueline Patricia \
Christine Amanda Louise Nicola Helen Victoria Rachel Lisa Samantha Jane Katherine Charlotte Hannah Amy Jessica Sophie Emily Olivia \
Lauren Chloe Gemma Michelle Tracey Alison Joanne Deborah Sharon Lucy Catherine Anne Carol Linda Barbara Mary Jean Joan Dorothy Sheila \
Pamela Janet Judith Gillian Heather Kelly Natalie Danielle Kirsty Stephanie Zoe Abigail Holly Molly Grace Ella Amelia Isabella Georgia \
Alice Eleanor Daisy Poppy Freya Imogen Harriet Rosemary Diana Frances Marion Maureen Irene Wendy Hilary Lesley Fiona Anita Priya Aisha \
Fatima Zainab Sunita Naomi Melissa Leanne Bethany Megan Paige Jodie Stacey Hayley Yvonne Angela Theresa Valerie Beverley Kathleen \
Josephine Philippa Antonia Tamsin Miriam";

/// British men.
pub(super) const UK_MEN: &str = "David John Michael Paul James Andrew Robert Peter Mark Stephen Richard Christopher William Daniel \
Thomas Matthew Simon Anthony Ian Kevin Steven Alan Gary Benjamin Joseph Alexander Samuel Jack Joshua Luke Adam Philip Martin Nicholas \
Jonathan Edward George Charles Harry Oliver Jake Ryan Callum Connor Lewis Nathan Jamie Craig Scott Stuart Neil Graham Keith Colin \
Kenneth Brian Barry Trevor Roger Raymond Ronald Derek Geoffrey Malcolm Douglas Timothy Patrick Sean Gareth Rhys Owen Dylan Aaron Liam \
Kieran Dominic Toby Hugo Henry Frederick Albert Arthur Alfred Ernest Leonard Stanley Walter Francis Gordon Duncan Angus Fraser Hamish \
Mohammed Ahmed Imran Amir Raj Sanjay Vikram Marcus Leon Isaac Jacob Noah Max Theodore Sebastian Louis Edmund Rupert Giles Clive Nigel \
Terence Dennis Vincent Bernard";

/// German women.
pub(super) const DE_WOMEN: &str = "Anna Maria Ursula Monika Petra Sabine Renate Karin Claudia Susanne Andrea Gabriele Stefanie Julia \
Katrin Nicole Sandra Melanie Christina Kathrin Jana Lena Lea Hannah Sophie Johanna Katharina Franziska Birgit Heike Martina Angelika \
Brigitte Ingrid Helga Gisela Erika Käthe Bärbel Antje Silke Anja Tanja Svenja";

/// German men.
pub(super) const DE_MEN: &str = "Thomas Michael Andreas Peter Wolfgang Klaus Jürgen Stefan Christian Uwe Werner Frank Markus Matthias \
Hans Günter Jörg Bernd Alexander Martin Sebastian Daniel Tobias Florian Jan Lukas Jonas Felix Maximilian Paul Leon Finn Björn Sören \
Heinz Karl Manfred Dieter Ralf Rainer Torsten Sven Kai Götz Holger";

/// French women.
pub(super) const FR_WOMEN: &str = "Marie Nathalie Isabelle Sylvie Catherine Françoise Martine Christine Monique Valérie Sandrine \
Stéphanie Céline Sophie Julie Aurélie Émilie Camille Léa Manon Chloé Inès Sarah Laura Pauline Mathilde Élodie Hélène Véronique Brigitte \
Jacqueline Jeanne Agnès Florence Delphine Virginie Anaïs Zoé Margaux Clémence Noémie Océane";

/// French men.
pub(super) const FR_MEN: &str = "Jean Pierre Michel Philippe Alain Nicolas Christophe Patrick Frédéric Laurent Stéphane David Éric \
Julien Sébastien Thomas Alexandre Antoine Maxime Lucas Hugo Louis Gabriel Théo Jérôme Olivier François Bernard Daniel Jacques Gérard \
René André Rémi Benoît Guillaume Mathieu Vincent Cédric Loïc Raphaël Étienne";

/// Spanish women.
pub(super) const ES_WOMEN: &str = "María Carmen Ana Isabel Laura Cristina Marta Lucía Dolores Pilar Elena Raquel Rosario Paula Sara \
Teresa Mercedes Julia Beatriz Alba Irene Patricia Rocío Mónica Andrea Silvia Ángela Sofía Inmaculada Nuria Montserrat Encarnación \
Concepción Sonia Susana Marina Noelia Inés Begoña Amparo";

/// Spanish men.
pub(super) const ES_MEN: &str = "Antonio José Manuel Francisco David Juan Javier Daniel Carlos Jesús Alejandro Miguel Rafael Pablo \
Pedro Ángel Sergio Fernando Jorge Luis Alberto Álvaro Adrián Diego Raúl Iván Rubén Óscar Ramón Enrique Víctor Vicente Andrés Joaquín \
Santiago Eduardo Jaime Hugo Gonzalo Ignacio";

/// Polish women.
pub(super) const PL_WOMEN: &str = "Anna Maria Katarzyna Małgorzata Agnieszka Barbara Ewa Krystyna Magdalena Elżbieta Joanna Aleksandra \
Zofia Monika Teresa Danuta Natalia Julia Karolina Marta Beata Dorota Jadwiga Halina Iwona Alicja Jolanta Grażyna Sylwia Paulina Hanna \
Justyna Wiktoria Bożena Oliwia Renata Urszula Agata Kinga Łucja";

/// Polish men.
pub(super) const PL_MEN: &str = "Piotr Krzysztof Andrzej Tomasz Paweł Jan Michał Marcin Jakub Adam Marek Grzegorz Stanisław Łukasz \
Mateusz Wojciech Mariusz Dariusz Zbigniew Rafał Jerzy Maciej Robert Kamil Jacek Dawid Szymon Józef Kacper Ryszard Tadeusz Bartosz \
Sławomir Artur Jarosław Sebastian Przemysław Wiesław Mirosław Zdzisław";

/// American women.
pub(super) const US_WOMEN: &str = "Mary Jennifer Linda Patricia Susan Jessica Ashley Karen Sarah Lisa Nancy Betty Sandra Kimberly Emily \
Michelle Amanda Melissa Deborah Stephanie Rebecca Laura Cynthia Dorothy Amy Angela Brenda Nicole Samantha Katherine Christine Debra \
Brittany Madison Abigail Alexis Taylor Tiffany Crystal Megan Kayla Hailey Brooklyn Shelby Maria Guadalupe";

/// American men.
pub(super) const US_MEN: &str = "James Michael John Robert David William Christopher Joseph Joshua Matthew Daniel Anthony Brandon Tyler \
Justin Andrew Ryan Jason Kevin Eric Steven Timothy Jeffrey Kyle Zachary Austin Ethan Logan Mason Hunter Gregory Larry Jerry Dennis \
Randy Wayne Todd Brett Chad Travis Jose Carlos Luis Cody";

/// Irish women.
pub(super) const IE_WOMEN: &str = "Mary Margaret Aoife Ciara Niamh Sinéad Orla Gráinne Siobhán Róisín Caoimhe Aisling Deirdre Eimear \
Máire Bridget Nora Una Fionnuala Clodagh Sarah Emma Catherine Anne Rachel";

/// Irish men.
pub(super) const IE_MEN: &str = "Patrick John Michael Seán Conor Cian Oisín Darragh Eoin Cathal Declan Brendan Kevin Padraig Fergus \
Ciarán Niall Donal Aidan Colm Tadhg James Thomas Daniel Brian";

/// Short and pet forms: `Full:Short,Short`.
pub(super) const SHORT_FORMS: &str = "William:Bill,Will,Billy Robert:Bob,Rob,Bobby Richard:Rick,Dick,Rich James:Jim,Jimmy,Jamie \
John:Jack,Johnny Michael:Mike,Mick,Mickey David:Dave,Davy Andrew:Andy,Drew Stephen:Steve Steven:Steve Christopher:Chris,Kit \
Daniel:Dan,Danny Thomas:Tom,Tommy Matthew:Matt Anthony:Tony,Ant Benjamin:Ben Joseph:Joe,Joey Alexander:Alex,Sandy Samuel:Sam \
Joshua:Josh Philip:Phil Nicholas:Nick Jonathan:Jon,Jonny Edward:Ed,Ted,Eddie Charles:Charlie,Chuck Nathan:Nate Kenneth:Ken \
Raymond:Ray Ronald:Ron Geoffrey:Geoff Timothy:Tim Patrick:Pat,Paddy Dominic:Dom Henry:Harry,Hal Frederick:Fred,Freddie Albert:Bert \
Arthur:Art Alfred:Alf,Alfie Leonard:Len Stanley:Stan Walter:Walt Francis:Frank Douglas:Doug Mohammed:Mo Theodore:Theo,Teddy \
Sebastian:Seb Edmund:Ed Terence:Terry Bernard:Bernie Vincent:Vince Gregory:Greg Jeffrey:Jeff Zachary:Zach Lawrence:Larry \
Elizabeth:Liz,Beth,Lizzie,Betty Margaret:Maggie,Peggy,Meg Katherine:Kate,Kathy,Katie Catherine:Cath,Cathy,Kate Jennifer:Jen,Jenny \
Rebecca:Becky,Becca Jacqueline:Jackie Patricia:Pat,Trish,Patsy Christine:Chris,Chrissie Amanda:Mandy Nicola:Nicky,Nic Victoria:Vicky,Tori \
Samantha:Sam,Sammy Charlotte:Charlie,Lottie Jessica:Jess Susan:Sue,Susie Deborah:Debbie,Deb Debra:Debbie Joanne:Jo Barbara:Barb,Babs \
Pamela:Pam Judith:Judy Gillian:Gill Natalie:Nat Stephanie:Steph Abigail:Abi,Abby Isabella:Bella,Izzy Eleanor:Ellie,Nell Harriet:Hattie \
Rosemary:Rosie Frances:Fran Theresa:Terri,Tess Kathleen:Kath,Kathy Josephine:Jo,Josie Philippa:Pippa Antonia:Toni Melissa:Mel \
Bethany:Beth Megan:Meg Angela:Angie Valerie:Val Beverley:Bev Cynthia:Cindy Kimberly:Kim Sandra:Sandy Madison:Maddie Emily:Em \
Olivia:Liv,Livvy Michelle:Shell Susanne:Susi Gabriele:Gabi Stefanie:Steffi Katharina:Kathi,Käthe Johanna:Hanna Franziska:Franzi \
Brigitte:Gitte Sebastian:Basti Maximilian:Max Wolfgang:Wolf Alexandre:Alex Christophe:Chris Frédéric:Fred Nicolas:Nico \
Stéphanie:Steph Françoise:Fanfan Francisco:Paco,Fran José:Pepe Manuel:Manolo,Manu Jesús:Chus Alejandro:Álex Antonio:Toni Dolores:Lola \
Concepción:Concha Mercedes:Merche Rosario:Charo Montserrat:Montse Inmaculada:Inma Encarnación:Encarna Ignacio:Nacho Santiago:Santi \
Małgorzata:Gosia Katarzyna:Kasia Agnieszka:Aga Magdalena:Magda Joanna:Asia Aleksandra:Ola Anna:Ania Krzysztof:Krzysiek Tomasz:Tomek \
Andrzej:Jędrek Piotr:Piotrek Grzegorz:Grzesiek Stanisław:Staszek Jakub:Kuba Wojciech:Wojtek Michał:Michałek Zbigniew:Zbyszek \
Elżbieta:Ela Barbara:Basia Padraig:Paudie Bridget:Bríd,Biddy";
