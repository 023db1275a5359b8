"""What the fields of a form mean, in French and English first, and the contact that they make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.events import Field
from collector.domain.fields import MEANINGS, Contact, email, meanings, phone, read


@pytest.mark.parametrize(
    ("label", "meaning"),
    [
        ("Courriel", "email"),
        ("E-mail *", "email"),
        ("Votre adresse e-mail", "email"),
        ("Adresse électronique", "email"),
        ("Mél", "email"),
        ("Adresse mail", "email"),
        ("Email address", "email"),
        ("Confirmez votre e-mail", "email"),
        ("E-Mail-Adresse", "email"),
        ("Correo electrónico", "email"),
        ("Téléphone", "tel"),
        ("Tél.", "tel"),
        ("N° de téléphone", "tel"),
        ("Portable", "tel"),
        ("Mobile", "tel"),
        ("GSM", "tel"),
        ("Phone number", "tel"),
        ("Telefonnummer", "tel"),
        ("Teléfono", "tel"),
        ("Telefoonnummer", "tel"),
        ("Prénom", "given-name"),
        ("First name", "given-name"),
        ("Vorname", "given-name"),
        ("Nom de famille", "family-name"),
        ("Nom de naissance", "family-name"),
        ("Last name", "family-name"),
        ("Nachname", "family-name"),
        ("Nom", "name"),
        ("Votre nom (obligatoire)", "name"),
        ("Nom et prénom", "name"),
        ("Prénom et nom", "name"),
        ("Full name", "name"),
        ("Your name", "name"),
        ("Nombre y apellidos", "name"),
        ("Société", "organization"),
        ("Nom de l'entreprise", "organization"),
        ("Raison sociale", "organization"),
        ("Organisation", "organization"),
        ("Company name", "organization"),
        ("Fonction", "job-title"),
        ("Fonction dans la société", "job-title"),
        ("Job title", "job-title"),
        ("Adresse", "street"),
        ("Adresse postale", "street"),
        ("Complément d'adresse", "street"),
        ("Code postal", "postal-code"),
        ("ZIP code", "postal-code"),
        ("Ville", "city"),
        ("City", "city"),
        ("Région", "region"),
        ("Pays", "country"),
        ("Message", "message"),
        ("Votre demande", "message"),
        ("Commentaires", "message"),
        ("Objet", "subject"),
        ("Sujet de votre demande", "subject"),
        ("Subject", "subject"),
        ("Identifiant", "username"),
        ("Username", "username"),
        ("Recherche", "search"),
        ("Rechercher sur le site", "search"),
        ("Site web", "url"),
        ("Combien font 3 + 4 ?", "captcha"),
        ("Recopiez les caractères suivants", "captcha"),
        ("Date de naissance", "other"),
        ("Numéro de carte", "other"),
        ("Name on card", "other"),
        ("Fax", "other"),
        ("Numéro SIRET", "other"),
        ("Taille de l'entreprise", "other"),
        ("Laissez ce champ vide", "other"),
        ("Question secrète", "other"),
        ("Электронная почта", "email"),
        ("メールアドレス", "email"),
        ("E-postadress", "email"),
        ("Номер телефона", "tel"),
        ("電話番号", "tel"),
        ("Puhelinnumero", "tel"),
        ("Phone (with area code)", "tel"),
        ("Имя", "name"),
        ("氏名", "name"),
        ("Navn", "name"),
        ("Имя пользователя", "username"),
        ("Фамилия", "family-name"),
        ("Nazwisko", "family-name"),
        ("Компания", "organization"),
        ("会社名", "organization"),
        ("Почтовый индекс", "postal-code"),
        ("郵便番号", "postal-code"),
        ("Postinumero", "postal-code"),
        ("Город", "city"),
        ("Страна", "country"),
        ("Тема", "subject"),
        ("件名", "subject"),
        ("Сообщение", "message"),
        ("Wiadomość", "message"),
        ("Адрес", "street"),
        ("Пароль", "other"),
        ("Adresse du site web", "url"),
        ("Titre du poste", "other"),
        ("", "other"),
    ],
)
def test_a_label_has_its_meaning(label: str, meaning: str) -> None:
    assert meanings([Field(label=label)]) == [meaning]


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("your-email", "email"),
        ("form_fields[email]", "email"),
        ("userEmail", "email"),
        ("EMAIL", "email"),
        ("FNAME", "given-name"),
        ("LNAME", "family-name"),
        ("firstName", "given-name"),
        ("names[last_name]", "family-name"),
        ("your-name", "name"),
        ("et_pb_contact_name_0", "name"),
        ("phone-1", "tel"),
        ("telephone2", "tel"),
        ("codePostal", "postal-code"),
        ("company", "organization"),
        ("raisonSociale", "organization"),
        ("jobtitle", "job-title"),
        ("your-message", "message"),
        ("your-subject", "subject"),
        ("q", "search"),
        ("wpforms[fields][4]", "other"),
        ("input_3", "other"),
        ("cc-name", "other"),
        ("confirmation", "other"),
    ],
)
def test_a_name_speaks_where_nothing_is_written(name: str, meaning: str) -> None:
    assert meanings([Field(name=name)]) == [meaning]
    assert meanings([Field(id=name)]) == [meaning]


@pytest.mark.parametrize(
    ("token", "meaning"),
    [
        ("email", "email"),
        ("section-a shipping home tel", "tel"),
        ("billing postal-code", "postal-code"),
        ("username webauthn", "username"),
        ("organization-title", "job-title"),
        ("cc-number", "other"),
        ("off", "name"),
        ("on", "name"),
        ("tel-country-code", "other"),
    ],
)
def test_the_last_autocomplete_token_decides(token: str, meaning: str) -> None:
    assert meanings([Field(label="Nom", autocomplete=token)]) == [meaning]


@pytest.mark.parametrize(
    ("field", "meaning"),
    [
        (Field(type="email", name="x"), "email"),
        (Field(type="tel"), "tel"),
        (Field(type="tel", label="Code postal"), "postal-code"),
        (Field(type="search"), "search"),
        (Field(type="textarea"), "message"),
        (Field(type="textarea", label="Adresse"), "street"),
        (Field(type="textarea", label="Que recherchez-vous ?"), "message"),
        (Field(type="password", label="E-mail"), "other"),
        (Field(type="select-one", label="Téléphone", text="+33"), "other"),
        (Field(type="select-one", label="Pays"), "country"),
        (Field(label="Name", name="lastname"), "family-name"),
        (Field(label="Identifiant", name="email"), "email"),
        (Field(hint="jean.dupont@exemple.fr"), "email"),
        (Field(name="input_3", value="jean@exemple.fr"), "email"),
        (Field(name="input_3", value="06 12 34 56 78"), "tel"),
        (Field(label="Numéro de dossier", value="0612345678"), "other"),
        (Field(name="input_3", value="552 100 554 00013"), "other"),
    ],
)
def test_type_names_and_value_are_weighed(field: Field, meaning: str) -> None:
    assert meanings([field]) == [meaning]


def test_nom_beside_prenom_is_the_family_name() -> None:
    card = [Field(label="Nom complet"), Field(label="Prénom"), Field(label="E-mail"), Field(label="Nom"), Field(label="Prénom")]
    assert meanings(card) == ["name", "given-name", "email", "family-name", "given-name"]
    assert meanings([Field(label="Nom"), Field(label="Prénom")]) == ["family-name", "given-name"]
    assert meanings([Field(label="Nome"), Field(label="Cognome")]) == ["given-name", "family-name"]


@pytest.mark.parametrize(
    ("fields", "meaning"),
    [
        ((Field(name="user_name", label="Name"), Field(type="password", withheld="password")), "username"),
        ((Field(name="user_name", label="Name"), Field(type="textarea")), "name"),
        ((Field(name="user[name]", label="Name"), Field(type="password", withheld="password")), "name"),
        ((Field(label="Titre"), Field(type="textarea")), "subject"),
        ((Field(label="Titre"), Field(label="Nom")), "other"),
        ((Field(type="radio", name="type", text="Devis"), Field(type="textarea")), "subject"),
        ((Field(type="radio", name="r", hint="Motif de votre demande", text="Devis"),), "subject"),
        ((Field(type="select-one", name="s", text="France"),), "country"),
        ((Field(type="select-one", label="Téléphone", text="France (+33)"),), "other"),
        ((Field(name="input_3", value="Allemagne"),), "country"),
        ((Field(label="Téléphone", value="06 12 34 56 78"),), "tel"),
        ((Field(label="Téléphone", value="0612"),), "other"),
        ((Field(label="Prénom", autocomplete="name"),), "given-name"),
        ((Field(type="email", label="E-mail", autocomplete="username"),), "email"),
        ((Field(label="Adresse", value="zoe@exemple.fr"),), "email"),
    ],
)
def test_a_form_tells_more_of_its_first_field(fields: tuple[Field, ...], meaning: str) -> None:
    assert meanings(fields)[0] == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Je souhaite recevoir la newsletter", "consent-marketing"),
        ("J'accepte de recevoir vos offres par e-mail, voir la politique de confidentialité", "consent-marketing"),
        ("Tenez-moi informé des nouveautés", "consent-marketing"),
        ("Sign me up for news and offers", "consent-marketing"),
        ("Ich möchte den Newsletter erhalten", "consent-marketing"),
        ("Хочу получать новости", "consent-marketing"),
        ("メールマガジンを希望する", "consent-marketing"),
        ("Allow promotional e-mails", "consent-marketing"),
        ("Я согласен с условиями", "consent-terms"),
        ("J'accepte les CGU", "consent-terms"),
        ("J'ai lu et j'accepte la politique de confidentialité", "consent-terms"),
        ("J'accepte les conditions générales et de recevoir la newsletter", "consent-terms"),
        (
            "En soumettant ce formulaire, j'accepte que les informations saisies soient exploitées dans le cadre de ma demande",
            "consent-terms",
        ),
        ("I agree to the terms and conditions", "consent-terms"),
        ("Conforme au RGPD", "consent-terms"),
        ("Recevoir une copie de ce message", "other"),
        ("Se souvenir de moi", "other"),
    ],
)
def test_a_box_asks_for_one_thing(text: str, meaning: str) -> None:
    assert meanings([Field(type="checkbox", text=text)]) == [meaning]


def test_the_title_of_a_review_is_its_subject_whatever_its_section_is_called() -> None:
    for title, section in (("Titre de votre avis", "Votre avis"), ("Review title", "Your review")):
        asked = (Field(label=title, hint=section, type="text", value="Parfait"), Field(label=section, type="textarea", value="Tout va"))
        assert meanings(asked) == ["subject", "message"]


def test_a_website_is_none() -> None:
    assert meanings([Field(label="Website Subject *", type="text", value="https://exemple.fr/")]) == ["url"]


FORM = (
    Field(label="Nom", value="Dupont"),
    Field(label="Prénom", value=" Zoé "),
    Field(label="Courriel", type="email", value="Zoe.Dupont@Exemple.FR"),
    Field(label="Téléphone", type="tel", value="06 12 34 56 78"),
    Field(label="Société", value="Dupont SARL"),
    Field(label="Objet", type="select-one", value="2", text="Devis"),
    Field(label="Message", type="textarea", value="Bonjour,\nun devis svp"),
)
NEWS = Field(type="checkbox", name="news", text="Je veux la newsletter", value="1", checked=True)


def test_a_whole_form_makes_a_lead() -> None:
    assert read((*FORM, NEWS)) == Contact(
        kind="lead",
        email="zoe.dupont@exemple.fr",
        phone="+33612345678",
        name="Zoé Dupont",
        given_name="Zoé",
        family_name="Dupont",
        organization="Dupont SARL",
        subject="Devis",
        message="Bonjour,\nun devis svp",
        marketing=True,
        marketing_text="Je veux la newsletter",
    )


@pytest.mark.parametrize(
    "box",
    [
        Field(type="checkbox", text="Je veux la newsletter", checked=False),
        Field(type="checkbox", text="Je veux la newsletter", checked=True, preset=True),
        Field(type="checkbox", text="Je ne souhaite pas recevoir la newsletter", checked=True),
        Field(type="radio", name="newsletter", text="Non", checked=True),
        Field(type="checkbox", text="J'accepte les CGU", checked=True),
    ],
)
def test_only_a_yes_ticked_by_the_visitor_is_a_permission(box: Field) -> None:
    found = read((*FORM, box))
    assert (found.marketing, found.marketing_text) == (False, "")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ([Field(label="E-mail", value="a@exemple.fr")], "lead"),
        ([Field(label="Téléphone", value="0612345678")], "lead"),
        ([Field(label="Téléphone", value="poste 12345")], "none"),
        ([Field(label="E-mail", value="pas une adresse"), Field(label="Message", value="Bonjour")], "message"),
        ([Field(label="Message", type="textarea", value="Bonjour")], "message"),
        ([Field(label="Recherche", value="toiture")], "none"),
        ([Field(label="Nom", value="Zoé")], "none"),
        ([], "none"),
        ([Field(label="E-mail", value="a@exemple.fr"), Field(type="password", withheld="password")], "none"),
        (
            [Field(label="E-mail", value="a@exemple.fr"), Field(type="password", withheld="password"), Field(label="Nom", value="Zoé")],
            "lead",
        ),
        ([Field(label="E-mail", value="a@exemple.fr"), *[Field(type="password", withheld="password")] * 2], "lead"),
        ([Field(label="E-mail", value="a@exemple.fr", withheld="optout")], "none"),
        ([Field(label="Identifiant", value="a@exemple.fr")], "lead"),
    ],
)
def test_the_kind_of_a_submission(fields: list[Field], kind: str) -> None:
    assert read(fields).kind == kind


def test_an_unreadable_phone_is_kept_as_typed() -> None:
    found = read([Field(label="Téléphone", value="12 34 56 poste 7")])
    assert (found.kind, found.phone) == ("lead", "12 34 56 poste 7")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (" Jean@Exemple.FR ", "jean@exemple.fr"),
        ("Jean.Paul+news@exemple.fr", "jean.paul+news@exemple.fr"),
        ("a@münchen.de", "a@xn--mnchen-3ya.de"),
        ("e\u0301lise@exemple.fr", "élise@exemple.fr"),
        ("x@example.com", "x@example.com"),
        ("x@shop.test", "x@shop.test"),
        ("x@mail.local", "x@mail.local"),
        ("o'brien@exemple.fr", "o'brien@exemple.fr"),
        ("test@test", None),
        ("a@a.a", None),
        ("x@localhost", None),
        ("x@1.2.3.4", None),
        ("x@[1.2.3.4]", None),
        ("a..b@exemple.fr", None),
        ("a b@exemple.fr", None),
        ("exemple.fr", None),
        ("@exemple.fr", None),
        ("a@b@exemple.fr", None),
        ("a" * 250 + "@exemple.fr", None),
        ("a\ud800@exemple.fr", None),
        ("", None),
    ],
)
def test_email_normal_form(text: str, normal: str | None) -> None:
    assert email(text) == normal


@pytest.mark.parametrize(
    ("text", "country", "normal"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("01.23.45.67.89", "FR", "+33123456789"),
        ("+33 (0)6 12 34 56 78", "FR", "+33612345678"),
        ("0033 6 12 34 56 78", "FR", "+33612345678"),
        ("+32 2 123 45 67", "FR", "+3221234567"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("020 7946 0958", "gb", "+442079460958"),
        ("12", "FR", None),
        ("0612", "FR", None),
        ("06 12 34 56 78 90 12 34 56", "FR", None),
        ("rappelez-moi", "FR", None),
        ("0612345678", "", None),
        ("\ud800", "FR", None),
        ("", "FR", None),
    ],
)
def test_phone_normal_form(text: str, country: str, normal: str | None) -> None:
    assert phone(text, country) == normal


@given(st.text(max_size=60), st.sampled_from(["text", "email", "tel", "textarea", "select-one", "checkbox", "radio", "zz"]))
def test_no_text_makes_it_raise(text: str, kind: str) -> None:
    field = Field(name=text, label=text, hint=text, autocomplete=text, value=text, text=text, type=kind, checked=True)
    assert set(meanings([field])) <= set(MEANINGS)
    assert read([field]).kind in ("lead", "message", "none")


@pytest.mark.parametrize("label", ["Votre numéro", "Fixe", "WhatsApp", "Ligne directe", "Contactez-moi au", "Contact", ""])
def test_what_is_written_like_a_phone_number_is_one_under_any_plain_label(label: str) -> None:
    told = read([Field(name="champ_7", label=label, value="06 12 34 56 78"), Field(name="m", type="textarea", value="Rappelez-moi")], "FR")
    assert (told.kind, told.phone) == ("lead", "+33612345678")


@pytest.mark.parametrize("label", ["Numéro de commande", "N° client", "SIRET", "Référence", "Invoice number", "Code"])
def test_another_kind_of_number_is_no_phone(label: str) -> None:
    told = read([Field(name="champ_7", label=label, value="0612345678"), Field(name="m", type="textarea", value="Bonjour")], "FR")
    assert (told.kind, told.phone) == ("message", "")
