"""The words by which forms name their fields: French and English first, then the other languages of their visitors.

Texts are compared in lower case, without accents, words apart (`plain`); the patterns here are folded the same way, so they are
written as people write. The first rule that fits wins, hence their order; the third part takes a match away again.
Short words of Latin scripts stand between word borders; Chinese and Japanese know none.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

_CAMEL = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")


def _fold(text: str) -> str:
    """Without accents: NFKD, marks dropped; "Į" is "I", "が" is "か"."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def _plain(text: str) -> str:
    """Lower-case words without accents: "wpforms[yourName]" is "wpforms your name"."""
    return " ".join(_WORD.findall(_fold(_CAMEL.sub(" ", text)).lower()))


# Of words that pages write, not people: those are not kept in memory.
plain = lru_cache(maxsize=8192)(_plain)


def _any(*words: str) -> str:
    """Any of the patterns, each a word of its own."""
    return rf"\b(?:{'|'.join(words)})\b"


_OTHER = (
    r"^(mm|yy|yyyy|dd|jj|aa|aaaa)$",
    _any(
        r"birth\w*", "dob", "naissance", r"geburt\w*", "nacimiento", "nascita", "nascimento", r"geboorte\w*", "narozeni", r"syntyma\w*",
        "dogum", "iban", "bic", "siren", "siret", "vat", "tva", "fax", "telefax", "telecopie", "coupon", r"promo(tion)?", "montant", "amount",
        r"quantit[ey]", "qty", r"passwor[dt]", "mot de passe", r"contrasen\w+", "wachtwoord", "senha", "heslo", "haslo", r"jelszo\w*", "sifre",
        "adgangskode", "losenord", "passord", "salasana", "parola", "kennwort", "otp", "secret", r"security (code|question|answer|key)",
        "nationalite", "nationality", "civilite", "salutation", "anrede", "genre", "gender", "sexe", "sex", "honorific",
    ),
    r"code de (sécurité|vérification)|verification code|question secrète|cryptogramme|парол|пароль|密码|密碼|パスワード|생년월일|비밀번호"
    r"|дата рожд|生年月日|出生|factuur\w* nummer|\bpobox\b",
)  # fmt: skip
_CAPTCHA = (
    r"captcha|robot|anti ?spam|spam ?(schutz|protection)|turnstile|human( ?verif|verify)|humain|caractères (suivants|ci)|how much is"
    r"|combien font|验证码|驗證碼|код (с картинки|подтвержд)|введите код|проверочн|画像認証|画像の",
)
_SEARCH = (
    r"^(q|s|qs|kw|query|search\w*|keywords?|mots? ?cles?|recherche\w*|term)$|(?<!re)search",
    _any(
        "rechercher", "recherche", "chercher", "suche", "suchen", r"buscar?", "busqueda", "cerca", "ricerca", "zoeken", r"pesquis\w+",
        r"mots? cles?", r"keywords?", "szukaj", "hledat", "hledani", r"haku\w*", "sok", "sog", r"kereses\w*", r"arama\w*",
    ),
    r"поиск|искать|搜索|搜尋|検索|검색",
)  # fmt: skip
_EMAIL = (
    r"e ?mail|\bcourriel|\bmel\b|adresse (électronique|mel)|\bmails?\b|\bmail ?(adresse?|address)|correo|correio|posta elettronica"
    r"|electronic mail|\be ?posta?\b|\be ?post(adr\w*|boks)?\b|\bsahkoposti\w*|\bsurel\b|\bemil\b|\bdrosz\b"
    r"|почт(а|ы|е|у|ов)?\b|пошта|имеил|e ?меил|ел адрес|мэил|мыло|邮箱|邮件|信箱|郵件|郵箱|メール|ηλεκτρονικ|이메일|ایمیل|البريد|\bpadomail\b",
)  # fmt: skip
_JOB = (
    _any(
        r"job ?titles?", "fonction", r"postes? occupe", r"intitule d[ue] poste", "profession", "metier", "position", "beruf", "cargo", "puesto",
        "functie", "ruolo", "posizione", "organization title", "job", "role", "berufsbezeichnung", "qualite", "stanowisko", "pozice", "stilling",
        "befattning", "beosztas", "unvan", "tehtavanimike", "occupation",
    ),
    r"^poste$|должность|профессия|职位|職位|職種|役職|직책",
)  # fmt: skip
_FULL_NAME = (
    r"\b(nom|noms) (et |et votre |/ )?prénoms?\b|\bprénoms?( et)?( votre)? nom\b|first (and |name and |name )last|\bfull ?name|vor und (nach|zu)name"
    r"|vorname (und )?(nach|zu|familien)name|nombre y apellidos?|nombre y apellido|nome e (cognome|apelido|sobrenome)|nome completo|cognome e nome"
    r"|nombre completo|voor en achternaam|vollständiger name|volledige naam|nom complet|fullt navn|fuldt navn|\bfullständigt namn|imie i nazwisko"
    r"|jmeno a prijmeni|meno a priezvisko|teljes nev|ad soyad|adi soyadi|nama lengkap|koko nimi|for og efternavn|for och efternamn|for og etternavn"
    r"|фио\b|ф и о|полное имя|имя и фамилия|фамилия имя|фамилия и имя|повне|姓名|氏名|お名前|フルネーム|성명|\bcontact ?(name|person)|ansprechpartner"
    r"|personne a contacter|nom du contact|имя и отчество",
)  # fmt: skip
_ORGANIZATION = (
    _any(
        r"(nom ?)?societe", "entreprise", r"raison ?sociale", r"organi[sz]ations?", "organisme", r"compan(y|ies)", r"company ?name",
        r"business( ?name)?", "etablissement", "collectivite", "association", "firma", "firmenname", "firm", "unternehmen", "empresa", "azienda",
        "ragione sociale", r"bedrijf(snaam)?", r"employe(r|ur)", "enseigne", "structure", r"affiliat\w+", "afiliacion", "afiliacao",
        "affiliazione", "institution", "organizacion", "organizzazione", "organisatie", "organizacao", "zugehorigkeit", "org", "organisasjon",
        "organisation", "foretag", "foretagsnamn", "virksomhed", "bedrift", "yritys", "organisaatio", "spolecnost", "spolocnost", "organizace",
        r"organiz[aá]cia", "organizacja", "sirket", "kurum", "kurumu", "ceg", "cegnev", "szervezet", "perusahaan", "organisasi", "companie",
        "societa", "compagnie", "organizasyon", "afiliace", "afiliacja", r"jednostka organiz\w*",
        "razao social",
    ),
    r"организация|компания|компании|организации|фирма|предприят|公司|单位|單位|企业|会社|御社|貴社|団体|회사|조직|підприємств|організац|фірма",
)  # fmt: skip
_TEL = (
    _any(
        r"tele?phone\w*", r"telefono?n?(nummer|e|y|u|a)?", r"phone ?(number|no)?\d*", r"tel\d*", "portable", r"(num(ero)? )?mobile",
        "gsm", r"handy(nummer)?", r"cell(ulare|phone)?", "movil", "celular", "telemovel", r"telefoon(nummer)?", "telefone", "rufnummer",
        r"(daytime|home|work) ?phone", r"mobile ?(phone|number)", "telefonnummer", "telefonszam", r"mobil(nummer|telefon\w*|ni)?", "puhelin",
        r"\w*puhelin\w*", "telpon", "telepon", "telefonu", "telefonne", r"tlf\w*", "komorka", "ponsel", "whatsapp",
    ),
    r"phonenumber|телефон|мобильн|моб\b|电话|手机|電話|手機|携帯|전화|휴대폰|핸드폰|τηλέφων|فون|هاتف",
)  # fmt: skip
_ADDITIONAL = (
    _any(
        r"middle ?(name|initial)", "additional ?name", "deuxieme prenom", "second prenom", r"zweiter (vor)?name", "segundo nombre",
        "nombre del medio", "secondo nome", "nome do meio", r"tweede (voor)?naam", "mellemnavn", "mellomnavn", "tussenvoegsel", "name middle",
    ),
    r"отчество|по батьков",
)  # fmt: skip
_GIVEN = (
    _any(
        r"prenoms?", r"first ?names?", "fname", r"given ?names?", "forename", "vorname", "nombre de pila", "primer nombre", "voornaam",
        "primeiro nome", "nome proprio", "name first", "fornavn", "fornamn", "etunimi", "imie", "krestni jmeno", "krstne meno", "keresztnev",
        "nama depan", "prenume", "utonev", "vornamen", "voornamen", "fornamn", "prenom usuel", "nombres", "onimi",
    ),
    r"^first$|名字|^имена?$|^名$|^ad$|^adi$|^isim$|собствено име|първо име|^이름$|^mei$|^名前 名$|^お名前 名$",
)  # fmt: skip
_FAMILY = (
    _any(
        r"last ?names?", "lname", r"family ?names?", r"sur ?name", r"nom (de (famille|naissance|jeune fille)|d usage|patronymique)", "usual name",
        "nachname", "familienname", "geburtsname", "zuname", r"apellidos?", "cognome", "achternaam", "sobrenome", r"apelidos?", "second ?name",
        "name last", "efternavn", "etternavn", "etternamn", "efternamn", "sukunimi", "nazwisko", "prijmeni", "priezvisko", "vezeteknev", "soyad",
        "soyadi", "soyisim", "nama belakang", "nume de familie", "ultimo nome", "primer apellido", "apellido paterno", "perekonnanimi",
    ),
    r"^last$|фамили|прізвище|последно име|姓|επίθετο|επώνυμο|^성$|^sei$|^苗字$",
)  # fmt: skip
_USERNAME = (
    _any(
        r"user ?(name|id)", "identifiant", r"login( ?(name|id))?", r"pseudo(nyme)?", "nom d ?utilisateur", r"(benutzer|anmelde|login)name",
        r"nombre de usuari\w*", "nome utente", r"nome de (usuario|utilizador)", "gebruikersnaam", "nickname", "nick", r"(screen|display) ?name",
        r"(membership|customer|client|account|member|mailbox) ?(number|no|id|name)", r"(numero|n[o°]?) (de )?(client|adherent)", "utilizador",
        r"s (identifier|authentifier)", "brugernavn", "brukernavn", "brukarnamn", "anvandarnamn", r"kayttajatunnus\w*", r"kayttajanimi\w*",
        r"uzivatel\w*( \w+)?", r"prihlas\w+( \w+)?", r"felhasznalo\w*", r"nazwa uzytkownika", r"kullanici( adi)?", "nume utilizator", "entrar",
        "nama pengguna", "bejelentkezes", "zaloguj",
    ),
    r"^(user|usuario|account|compte|id)$|user ?name|имя пользоват|пользовател|логин|ник\b|користувач|потребител|логін|用户名|帳號|账号|用戶"
    r"|会员名|ユーザ|ニックネーム|ログイン|아이디|사용자|акаунт|登录|登入",
)  # fmt: skip
_POSTAL = (
    _any(
        r"code ?postale?", "cp", r"zip ?(code)?", r"post(al)? ?code", "plz", "postleitzahl", "codigo postal", "codice postale", "cap", "cep",
        "postnr", r"post ?nummer", "postinumero", "psc", "kod pocztowy", "iranyitoszam", "posta kodu", "kode pos", "cod postal", "postadress",
        "postcode", "kodigo postal",
    ),
    r"^zip|zipcode|postcode|postal ?code|индекс|пощенски|поштов|邮编|邮政编码|郵遞區號|郵便番号|우편|ταχυδρομικ",
)  # fmt: skip
_COUNTRY = (
    _any(
        "pays", "country", "land", "pais", "paese", "nazione", "nation", "kraj", "zeme", "krajina", "ulke", "orszag", "maa", "negara", "tara",
        "panstwo", r"countries",
    ),
    r"country|страна|країна|държава|国家|國家|国名|^国$|국가|χώρα|国または",
)  # fmt: skip
_CITY = (
    _any(
        "ville", "city", r"town( ?city)?", "commune", "localite", "ort", "wohnort", "stadt", "ciudad", "localidad", "citta", "comune", "plaats",
        "stad", "cidade", "localidade", "poblacion", "address level ?2", "poststed", "postort", "kaupunki", r"postitoimipaikka", "mesto",
        "obec", "miasto", "miejscowosc", "varos", "telepules", "sehir", "kota", "oras", "localitate", "woonplaats", "municipio", "suburb",
        "locality", "ciutat", "asuinpaikka", "paikkakunta",
    ),
    r"^by$|город|місто|град|населен|城市|市区|^市$|도시|πόλη",
)  # fmt: skip
_REGION = (
    _any(
        "region", "state", "province", "county", "departement", "comte", r"bundes(land|staat)", "kanton", "provinz", r"provinci[ae]", "provincia",
        "estado", "condado", "distrito", "contea", "address level ?1", "fylke", "lan", "wojewodztwo", "megye", "eyalet", "judet", "maakunta",
        "provins", "prefecture", "provinsi", "prowincja", "kabupaten", "canton", "district",
    ),
    r"^(etat|stato|staat)$|область|регион|район|штат|都道府県|州|^省|省份|縣市",
)  # fmt: skip
_LINE = (
    r"\b(address|adresse)s? ?(ligne|line)? ?[123]\b|\baddr(ess)? ?line|complément d ?adresse|\bline [123]\b|\bhausnummer|numero civico",
)  # fmt: skip
_SUBJECT = (
    _any(
        "sujet", "subject", r"objet( de .*)?", "betreff", "asunto", "oggetto", "onderwerp", "assunto", "motif", "topic", "reason",
        r"inquiry (type|about)", r"type d[e ]+ ?(demande|inquiry|enquiry|request)", "emne", "amne", "aihe", "temat", "predmet", "targy", "konu",
        "subiect", "argomento", "motivo", "anliegen", r"(nature|raison) de (la|votre) demande", "subyek", "headline", "concerne", "enquiry type",
        "thema", "concerns", "otsikko", "tittel",
    ),
    r"тема\b|标题|標題|タイトル|заголов|主题|主題|件名|題名|제목|주제|θέμα",
)  # fmt: skip
_MESSAGE = (
    _any(
        r"messages?", r"votre (demande|projet|besoin)", r"commentaires?", r"comments?", "nachricht", "mensaje", r"mens+age[mn]", "messaggio",
        "bericht", "question", r"remarques?", "enquiry", "inquiry", r"kommentare?", r"comentarios?", "comentar", r"comment[oai]", "commentaar",
        r"opmerking(en)?", r"anmerkung(en)?", "hinweise", "notizen", r"notas?", "notities", "precisions?", "body", "feedback",
        "besked", "melding", "meddelande", r"viesti\w*", r"kommentar(er|i|y)?", "wiadomosc", "komentarz", r"komentarze?", "zprava", "sprava", "uwagi",
        "uzenet", "megjegyzes", "mesaj", r"yorum\w*", "pesan", "komentar", r"ihre (nachricht|mitteilung|frage)", "mitteilung", "melding",
        "richiesta", "consulta", "bemerkung", "bemerkungen", "mesajul", "zprava", "poznamka", "poznamky", "review", "dotaz", "frage", "your text",
    ),
    r"сообщени|коммент|комент|отзыв|вопрос|повідомл|текст|留言|内容|評論|评论|备注|備註|信息|コメント|メッセージ|お問い合わせ|ご質問|메시지|내용|μήνυμα",
)  # fmt: skip
_STREET = (
    _any(
        r"adress[es]?\w{0,5}", r"address(e|es)?\d?", r"street\d?", "rue", "voie", "strasse", "straße", "direccion", "domicilio", "indirizzo",
        "straat", "endereco", "morada", "anschrift", "apartment", "appartement", "batiment", "apt", "suite", "adresszusatz", "adresszeile",
        "gateadresse", "gatuadress", "gate", "gata", "vej", "katuosoite", "osoite", "ulice", "ulica", "adres", "adresi", r"adres[ay]", "utca",
        "cim", "lakcim", "alamat", "jalan", "calle", "postboks",
    ),
    r"^via$|адрес|улица|вулиц|地址|住址|住所|ご住所|주소|διεύθυνση",
)  # fmt: skip
_URL = (
    r"\b(url|sites? ?(web|internet)?|web ?(site|seite|page)|home ?page|sitio web|hemsida|hjemmeside|www)\b|саит|ホームページ|网站|網站",
)
_NAME = (
    _any(
        "nom", "noms", "name", "nome", "nombre", "naam", "navn", "namn", "nimi", "meno", "nazwa", "nev", "isim", "nume", "nama",
        "jmeno", "signature", "signatur", "nazev",
    ),
    r"имя\b|зовут|обращаться|^име$|ім я|名前|이름|όνομα|^名称?$|^姓名$|name$|^adi?$",
)  # fmt: skip

_RULES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("other", _OTHER, r"nom de naissance|birth ?name|geburtsname"),
    ("captcha", _CAPTCHA, ""),
    ("search", _SEARCH, r"recherchez vous|votre recherche|post ?code|\bzip\b|postale?\b"),
    (
        "email",
        _EMAIL,
        r"\b(mailing|email) list|\bmailing address|\b(e ?mail )?(objet|subject|sujet)\b|(?<!e )\bmail(ing)? (street|city|zip|state)"
        r"|почтовыи (индекс|адрес)",
    ),
    ("full-name", _FULL_NAME, r"\b(company|societe|entreprise|firma)\b"),
    ("username", (r"имя пользоват|ім я користувач|ユーザ|用户名|用戶|nome de (usuario|utilizador)|\bnombre de usuari",), ""),
    ("job-title", _JOB, r"date|code|description|offre|apply"),
    (
        "organization",
        _ORGANIZATION,
        r"\b(taille|size|types?|secteur|sector|industry|site|url|web\w*|phone|tele?phone|effectifs?|forme|nombre de|number of|bottom|top"
        r"|e ?mail|address|adresse|city|ville|zip|country|login)\b",
    ),
    (
        "tel",
        _TEL,
        r"\b(fax|extension|ext|type|country|indicatif|(?<!with )area|prefix|prefixe|suffix|creneau|horaire|e ?mail|(?<!area )code|vorwahl)\b|код (страны|города)",
    ),
    ("additional-name", _ADDITIONAL, ""),
    ("given-name", _GIVEN, r"\b(last|family|pet|company)\b|поль"),
    ("family-name", _FAMILY, r"^first\b|\bfirst ?name\b"),
    ("username", _USERNAME, ""),
    ("postal-code", _POSTAL, r"e ?mail"),
    ("country", _COUNTRY, r"\b(indicatif|phone|dial|bundes)\b|country ?code$|county"),
    ("city", _CITY, r"\b(stand by|by (the|e|sms)|sort by|filter by)\b"),
    ("region", _REGION, r"united|status|statement"),
    ("street", _LINE, r"e ?mail"),
    ("subject", _SUBJECT, r"line items|e ?mail address|anliegen schildern|^(web ?site|site (web|internet))\b"),
    ("message", _MESSAGE, r"type|objet|secret|secrete|\b(titles?|titre|titel|titolo|titulo|subject)\b"),
    ("street", _STREET, r"\bip\b|\b(web|url|internet|site|e ?mail|via (e|sms))\b"),
    ("url", _URL, ""),
    (
        "name",
        _NAME,
        r"\b(file|fichier|domain\w*|card|produit|product|event|projec?t|school|ecole|bank|banque|rue|list|pet|animal|model|campaign|group"
        r"|nombre de|category|shop|store|brand|server|host)\b",
    ),
)


def _words(pattern: str) -> re.Pattern[str]:
    """A pattern for plain words."""
    return re.compile(_fold(pattern))


# A field that a person is asked to leave alone is a trap for programs.
TRAP = _words(r"laisse[rz]? .*vide|ne pas remplir|leave .*(blank|empty)|honey ?pot|do not fill")
# A card's holder is not a contact.
CARD = _words(
    r"\b(card(s|holder)?|cc|cvc|cvv|csc|credit ?card|carte (bancaire|de credit)|(sur|de) (la |votre )?carte"
    r"|titulaire|tarjeta|cartao|sulla carta"
    r"|op (de )?kaart|auf (der )?karte|kreditkarte|expir\w+|expiry|ablauf\w*)\b|cardholder|cardnumber|^exp\b"
)
MARKETING = _words(
    r"news ?letter|lettres? d ?info|infolettre|\boffres?\b|\boffers?\b|\bpromotion|\bactualites?\b|nouveautes|\bnews\b|marketing|opt ?in"
    r"|(mailing|e ?mail) ?list|\b(allow|my|send|me|via|by|add|receive|ok to)( admin| mir| die)? e ?mails?\b|e ?mails? (schicken|senden|zusenden|erhalten)|\babonner?\b|abonnez|m ?abonne|\bsubscri|m ?inscri\w+ (a|aux)\b"
    r"|\binscription (a|aux)\b|partenaires|\bpartners\b|angebote|neuigkeiten|abonnieren|novedades|ofertas|boletin|suscri|novita|sconti"
    r"|iscriver\w+ all|aanbiedingen|nieuwsbrief|novidades|parceiros|notizie|nyhets?brev|nyhedsbrev|medlemsbrev|utskick|erbjudanden|tilbud"
    r"|uutiskirje|haluan vastaanottaa|\bmailing\b|\bpromos?\b|\bspecials\b|hirlevel|bulten|kampany|biuletyn|informacje handlowe|novink|odber|рассылк|новост|подпис|получать|акци[ияй]|メルマガ|メールマガジン"
    r"|お知らせ|配信|订阅|訂閱|电子报|電子報|뉴스레터|수신|메일링"
    r"|(recevoir|receive|send me|envoyer|recibir|ricevere|erhalten|ontvangen|receber|get|ta emot|motta|modtage?|odbierac|otrzym\w+|sign me up) .*"
    r"(informations?|e ?mails?|sms|communications?|conseils|updates|tips|invitations|mails|contenus|information|info|catalogues?|messages)\b"
    r"|(tenez|tenir|tenu|keep|sign) .*(informe|inform|posted|up to date|courant|me up)|^(yes |please )*(add|send) me\b"
)
TERMS = _words(
    r"\bconditions|\bcg[uv]s?\b|\bterms|confidentialite|privacy|donnees|rgpd|gdpr|dsgvo|personal (data"
    r"|information)|mentions legales|\btos\b|reglement"
    r"|datenschutz|\bagb\b|privacidad|privacidade|terminos|condiciones|condizioni|voorwaarden|termos|condicoes"
    r"|\bagree|\bterms?\b|\brules\b|licen[cs]e|guidelines|j ?accepte|consent|traite(ment|es)"
    r"|exploitees?|acceptance|acknowledge|услови|правил|соглас|конфиденц|villkor|vilkar|ehdot|regulamin|podmink|feltetel|kosullar|規約|同意|条款|條款|隐私"
)
# Terms and news in one box are no separate permission: such a box is about the terms.
ACCEPTS = _words(
    r"\b(accepte|acceptez|agree( to)?|accept|lu) ((et )?(j )?(accepte|agree|accept) )?(\w+ ){0,3}"
    r"(conditions|cg[uv]s?|terms|politique|privacy|reglement|guidelines)\b"
)
NO_MARKETING = _words(r"\b(copie|copy|commentaires?|comments?|replies|reponses?)\b")
# A ticked "no" is none, and so is a ticked refusal.
REFUSAL = _words(
    r"^(no|non|nein|nee|nao)\b|\bne (\w+ ){0,3}pas\b|\b(do not|don ?t|no (deseo|quiero)|nicht|non (desidero"
    r"|voglio)|geen|nao (quero|desejo)"
    r"|opt ?out|unsubscribe|desabonn\w+|desinscri\w+)\b"
)

RULES = tuple((meaning, _words("|".join(wanted)), _words(unless) if unless else None) for meaning, wanted, unless in _RULES)


# What the countries are called in seven languages, as plain words: CLDR's territories.
_COUNTRIES = frozenset(json.loads(files(__package__).joinpath("countries.json").read_text("utf-8")))


def is_country(text: str) -> bool:
    """Whether a text names a country, whatever follows it in brackets."""
    return 0 < len(text) < 80 and _plain(re.sub(r"[(\[].*", "", text)) in _COUNTRIES


@lru_cache(maxsize=8192)
def by_words(words: str) -> str:
    """The meaning of plain words, or ""."""
    for meaning, wanted, unless in RULES:
        if words and wanted.search(words) and not (unless and unless.search(words)):
            return meaning
    return ""
