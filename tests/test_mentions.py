"""What columns mention, in several languages and voices, and how many of it is found.

The columns of `SEEN` were at hand when the word lists were written; those of `UNSEEN` were written
afterwards. Then the lists got the occupations, adverbs and places that were missing as kinds.
"""

import pytest

from columncast.episodes.columns.review.mentions import candidates
from columncast.episodes.model.column import Block, Column, words

SEEN = {
    "football": (
        "en",
        """When Rosa Delgado lifted the cup at Wembley Stadium on Saturday, Manager Tom Ashworth wept.
The Premier League had not seen such a final since Alan Shearer retired. Sheffield United
sent their regards. Goalkeeper Mia Lindqvist saved twice from Chloe Adeyemi, and Sky Sports
called it the save of the year. Every Christmas Day we shall tell of it. Rosa Delgado said
nothing at all. In Greater Manchester the pubs stayed open. Former captain Steph Houghton
waved from the Royal Box.""",
        {
            "Alan Shearer",
            "Chloe Adeyemi",
            "Mia Lindqvist",
            "Rosa Delgado",
            "Steph Houghton",
            "Tom Ashworth",
        },
    ),
    "kitchen": (
        "en",
        """My grandmother cooked from Elizabeth David and from nobody else. Olive Oil, she held, came
from the chemist. Before Marcella Hazan there was only Cheddar Cheese on toast. On Mother's
Day I make the pie that Mrs Beeton forbids, and Nigel Slater forgives. The Blue Door in
Covent Garden serves one like it; chef Anna Kowalska learnt it in San Sebastian. Good
Housekeeping printed it in Black Forest style. Happy New Year, wrote Claudia Roden.""",
        {"Anna Kowalska", "Claudia Roden", "Elizabeth David", "Marcella Hazan", "Nigel Slater"},
    ),
    "science": (
        "en",
        """The Hubble Telescope is older than Dr Priya Raman, who points it. Last Tuesday she found a
moon behind the Milky Way's arm. Nobel Prize, said her mother. Professor Jocelyn Bell
Burnell found pulsars with wire and patience, while Antony Hewish took the prize. At the
Royal Observatory in Cape Town, Edwin Hubble is a photograph on the wall. Nature Astronomy
will print it in Spring. However, Vera Rubin never got one. Big Bang or not, the Andromeda
Galaxy comes nearer.""",
        {"Antony Hewish", "Edwin Hubble", "Jocelyn Bell Burnell", "Priya Raman", "Vera Rubin"},
    ),
    "council": (
        "en",
        """Councillor Derek Platt wants a roundabout on Station Road. Nobody on Parish Council dared to
ask why. Then Maureen O'Hara stood up in the Village Hall. Our Labour Party has one member,
Kevin Stubbs, and he was asleep. High Street shops, said Mrs Janet Pike, need parking. The
Evening Standard did not send anybody. Lord Henry Ashby sent his dog. Next Monday they vote;
Derek Platt will win, as Sir Robert Walpole won, by lunch.""",
        {
            "Derek Platt",
            "Henry Ashby",
            "Janet Pike",
            "Kevin Stubbs",
            "Maureen O'Hara",
            "Robert Walpole",
        },
    ),
    "hafen": (
        "de",
        """Als Ida Berg die Alte Brücke sah, lachte sie. Der Kapitän Hans Petersen fuhr jeden Montag
nach Bad Doberan. Große Freude gab es in der Deutschen Oper, wo Herr Klaus Meine sang. Die
Süddeutsche Zeitung schwieg. Frau Anna Seghers schrieb darüber, und Heinrich Heine hätte
gelacht. Im Roten Rathaus saß Bürgermeister Otto Braun. Am Zweiten Weltkrieg sprach keiner
vorbei. Kleine Schiffe, sagte Ida Berg, kommen weiter.""",
        {
            "Anna Seghers",
            "Hans Petersen",
            "Heinrich Heine",
            "Ida Berg",
            "Klaus Meine",
            "Otto Braun",
        },
    ),
    "paris": (
        "fr",
        """Quand Simone Weil arriva à la Gare du Nord, Monsieur Paul Ricard dormait. Le Petit Journal
n'en dit rien. La Seconde Guerre finissait. Madame Colette Renard chantait rue Saint Denis,
et Boris Vian jouait. Mais Juliette Gréco, disait le Président Charles de Gaulle, chante
mieux. Dans Le Monde, Albert Camus répondit. Les États Unis attendaient.""",
        {
            "Albert Camus",
            "Boris Vian",
            "Charles de Gaulle",
            "Colette Renard",
            "Juliette Gréco",
            "Paul Ricard",
            "Simone Weil",
        },
    ),
    "madrid": (
        "es",
        """Cuando Carmen Laforet llegó a la Puerta del Sol, don Ramón Gómez la esperaba. La Guerra
Civil había terminado. Doña Rosa Chacel vivía en Buenos Aires. El Real Madrid perdió. Según
Ana María Matute, todo empezó en Nueva York. El Señor Pío Baroja no contestó. Semana Santa,
dijo Miguel Delibes, es silencio.""",
        {
            "Ana María Matute",
            "Carmen Laforet",
            "Miguel Delibes",
            "Pío Baroja",
            "Ramón Gómez",
            "Rosa Chacel",
        },
    ),
    "garden": (
        "en",
        """Nobody grows leeks like Arthur Pendle. On Boxing Day he digs, in Lower Wickham, where the
Parish Church leans. His rival is Doctor Fatima Noor, whose Golden Wonder potatoes won at
the County Show. Gardeners' World sent Monty Don to look. Since August Bank Holiday they
have not spoken. Perhaps Vita West was right: South Wales has better soil. Old Tom Barnaby
laughs at both from the Rose Garden.""",
        {"Arthur Pendle", "Fatima Noor", "Monty Don", "Tom Barnaby", "Vita West"},
    ),
    "jazz": (
        "en",
        """Billie Holiday sang it slower. At the Village Vanguard on Seventh Avenue I heard Sonny
Rollins breathe. Down Beat gave it five stars; Blue Note pressed it in Los Angeles.
Trumpeter Lee Morgan was shot between sets. Why Helen Morgan did it, the New York Times
asked. Yesterday Herbie Hancock played in Carnegie Hall. Although Ella Fitzgerald is gone,
Radio Three still says good night with her.""",
        {
            "Billie Holiday",
            "Ella Fitzgerald",
            "Helen Morgan",
            "Herbie Hancock",
            "Lee Morgan",
            "Sonny Rollins",
        },
    ),
    "history": (
        "en",
        """The East India Company hired Robert Clive as a clerk. Prime Minister William Pitt had gout.
Under Queen Anne the Royal Navy ate biscuit; Admiral John Byng was shot. The Seven Years'
War cost more than King George could count. French ships burned at Quiberon Bay. In
Parliament Square, Millicent Fawcett holds a banner. As Captain James Cook wrote, the
Pacific Ocean is wide. Indian soldiers, says Professor Shashi Patel, paid.""",
        {
            "James Cook",
            "John Byng",
            "Millicent Fawcett",
            "Robert Clive",
            "Shashi Patel",
            "William Pitt",
        },
    ),
    "berge": (
        "de",
        """Gestern stieg Reinhold Messner auf den Großen Arber. Doktor Eva Lindner wartete im
Bayerischen Wald. Neue Schuhe hatte keiner. Die Frankfurter Allgemeine fragte Luis Trenker.
Nach dem Kalten Krieg kam Gerlinde Kaltenbrunner. Frau Maria Huber und Herr Josef Maier
blieben im Hotel Post. Vielleicht hatte Hermann Buhl recht.""",
        {
            "Eva Lindner",
            "Gerlinde Kaltenbrunner",
            "Hermann Buhl",
            "Josef Maier",
            "Luis Trenker",
            "Maria Huber",
            "Reinhold Messner",
        },
    ),
}
UNSEEN = {
    "sailing": (
        "en",
        """We left Falmouth Harbour behind Ellen MacArthur, or so Grandad says. Skipper Joan Tregenza
reads Joseph Conrad aloud on watch. Force Eight was forecast for Irish Sea and Dogger Bank.
Under Lizard Point the engine died. Thankfully Ned Polglase carries string. Robin Knox-Johnston
went round the world on corned beef. Bosun Abdul Karim prefers rice. At Plymouth
Sound we met the Coast Guard, then Ellen MacArthur herself, in a Land Rover.""",
        {
            "Abdul Karim",
            "Ellen MacArthur",
            "Joan Tregenza",
            "Joseph Conrad",
            "Ned Polglase",
            "Robin Knox-Johnston",
        },
    ),
    "school": (
        "en",
        """Year Nine are reading Toni Morrison this term. Their teacher, Ms Grace Okafor, hid the Harry
Potter books. Parents' Evening was a riot. Headmaster Colin Bates quoted Bertrand Russell at
the Sports Hall door; Ofsted Inspectors took notes. Even Daniel Kim, who never reads,
finished it. The Daily Mail asked why. Geography Field Trip is off, says Grace Okafor.
Christopher Marlowe is next.""",
        {
            "Bertrand Russell",
            "Christopher Marlowe",
            "Colin Bates",
            "Daniel Kim",
            "Grace Okafor",
            "Toni Morrison",
        },
    ),
    "money": (
        "en",
        """Central banks, John Maynard Keynes wrote, lean against the wind. Federal Reserve chair Janet
Yellen leant. Wall Street forgave her. Meanwhile Goldman Sachs raised its forecast and
Deutsche Bank cut it. In Silicon Valley, Sam Bankman-Fried leant too far. Economist Esther
Duflo would rather count mosquito nets. Adam Smith never saw a spreadsheet. Black Monday
comes in October, Tax Day in April. Wall Street again, and Thomas Piketty sighs.""",
        {
            "Adam Smith",
            "Esther Duflo",
            "Janet Yellen",
            "John Maynard Keynes",
            "Sam Bankman-Fried",
            "Thomas Piketty",
        },
    ),
    "garten": (
        "de",
        """Meine Nachbarin Frau Erika Sommer gießt nachts. Das Grüne Band am Oberen Tor blüht. Karl
Foerster nannte den Rittersporn blau. Kommissar Wolf Brandt vom Bezirksamt Mitte schrieb
einen Brief. Am Tag der Deutschen Einheit pflanzt Erika Sommer Zwiebeln. Die Berliner Mauer
war näher. Gärtner Pückler Muskau? Nein, Peter Joseph Lenné. Rote Bete kam nach.""",
        {"Erika Sommer", "Karl Foerster", "Peter Joseph Lenné", "Wolf Brandt"},
    ),
    "marche": (
        "fr",
        """Au marché, Mme Yvette Leroy vend des poireaux. Son mari, le facteur Jean Petitjean, lit
Marguerite Duras. Place Bellecour, la Croix Rouge attend. Ouest France en parle. Depuis la
Grande Guerre, dit Yvette Leroy, tout a changé. Le chef Paul Bocuse venait ici. Hier,
Édouard Herriot aussi, sur le Pont Neuf.""",
        {"Jean Petitjean", "Marguerite Duras", "Paul Bocuse", "Yvette Leroy", "Édouard Herriot"},
    ),
    "mercado": (
        "es",
        """En la Plaza Mayor vende flores doña Luisa Ortega. El poeta Antonio Machado pasó por aquí.
Radio Nacional no dijo nada. Juan Rulfo tampoco. La Cruz Roja esperaba en la Gran Vía, y el
sargento Pedro Páramo también. Luego vino Gabriela Mistral desde Santiago de Chile. Cada Año
Nuevo, Luisa Ortega cierra.""",
        {"Antonio Machado", "Gabriela Mistral", "Juan Rulfo", "Luisa Ortega", "Pedro Páramo"},
    ),
}


def people(text, language):
    block = Block(spans=words(" ".join(text.split())), line=1)
    column = Column(title="x", slug="x", language=language, blocks=(block,))
    return {mention.title for mention in candidates(column) if mention.kind == "person"}


def measured(columns, language):
    """Precision and recall over all *columns* in a language."""
    right = wrong = missed = 0
    for written_in, text, expected in columns.values():
        if written_in == language:
            found = people(text, language)
            right += len(found & expected)
            wrong += len(found - expected)
            missed += len(expected - found)
    return right / (right + wrong), right / (right + missed)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_people_are_found_in_columns_of_other_voices(language):
    precision, recall = measured(SEEN, language)

    assert precision >= 0.95
    assert recall >= 0.9


@pytest.mark.parametrize(
    ("language", "least"), [("en", 0.85), ("de", 0.65), ("fr", 0.95), ("es", 0.95)]
)
def test_people_are_found_in_columns_that_no_list_was_made_for(language, least):
    """
    German writes every noun large, so a name may take the noun beside it along.
    """
    precision, recall = measured(UNSEEN, language)

    assert precision >= least
    assert recall >= 0.9


@pytest.mark.parametrize(
    ("text", "language", "person"),
    [
        ("But Ida Berg left.", "en", "Ida Berg"),
        ("However, Captain Ida Berg left.", "en", "Ida Berg"),
        ("Maureen O’Hara left.", "en", "Maureen O’Hara"),
        ("Als Kapitän Ida Berg ging.", "de", "Ida Berg"),
        ("Mais Madame Ida Berg partit.", "fr", "Ida Berg"),
        ("Según doña Ida Berg, no.", "es", "Ida Berg"),
        ("But Ida Berg left.", "en-gb", "Ida Berg"),
        ("Ida Berg saapui.", "fi", "Ida Berg"),
    ],
)
def test_what_stands_before_a_name_is_no_part_of_it(text, language, person):
    assert {person} == people(text, language)


@pytest.mark.parametrize(
    ("text", "language", "work"),
    [
        ("Der Roman „Der Zauberberg“ von Thomas Mann.", "de", ("Der Zauberberg", "Thomas Mann")),
        ("Le roman «La Peste» de Albert Camus.", "fr", ("La Peste", "Albert Camus")),
        (
            "La novela Cien Años de Soledad, de Ida Berg.",
            "es",
            ("Cien Años de Soledad", "Ida Berg"),
        ),
        (
            "In the novel Der Ring des Nibelungen by Ida Berg.",
            "en",
            ("Der Ring des Nibelungen", "Ida Berg"),
        ),
    ],
)
def test_works_are_found_in_each_language(text, language, work):
    block = Block(spans=words(text), line=1)
    column = Column(title="x", slug="x", language=language, blocks=(block,))

    assert work in [(m.title, m.by) for m in candidates(column) if m.kind == "work"]
