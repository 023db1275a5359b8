"""What people and programs write into contact forms, written by hand after what such forms receive; `test_spam` combines it with senders.

It was written by whoever wrote the rules, so figures on it flatter them; no stored collection of such messages may be used, for they
name people.
"""

from __future__ import annotations

# (name, e-mail, phone, company): free mail, work addresses, foreigners, odd names, mistyped numbers, nothing at all.
PEOPLE = (
    ("Camille Durand", "camille.durand@gmail.com", "+33612345679", ""),
    ("LEFEBVRE", "j-p.lefebvre@orange.fr", "+33478421563", "SARL Lefebvre & Fils"),
    ("Nguyễn Thị Hoa", "hoa.nguyen@wanadoo.fr", "", ""),
    ("Jean-Baptiste de la Tour", "jb.delatour@cabinet-delatour.fr", "+33145678912", "Cabinet de la Tour"),
    ("McDonald", "s.mcdonald@acme.co.uk", "+442079460958", "ACME Ltd"),
    ("martin", "martin31@hotmail.fr", "0612", "SNCF"),
    ("Krzysztof Brzęczyszczykiewicz", "krzysztof@firma.pl", "+48225557788", "BNP PSTR"),
    ("Marie Marie-Claire", "m.c.d.p@gmail.com", "+32475123456", "www.atelier-mc.be"),
    ("Δημήτρης Παπαδόπουλος", "dimitris@papadopoulos.gr", "", ""),
    ("Mme Schwartz Angelika", "angelika.schwartz@t-online.de", "+4930123123", "Schwartz GmbH"),
)

HAM = (
    "Bonjour, je souhaiterais recevoir un devis pour la réfection d'une toiture de 120 m² à Villeurbanne. Merci d'avance.",
    "Bonjour, pouvez-vous me rappeler demain matin ?",
    "Devis svp pour 50 cartons double cannelure, livraison Nantes.",
    "Bonjour, votre produit https://www.fournisseur-exemple.fr/produits/ref-4471 est-il compatible avec une chaudière de 2012 ?",
    "Voici le plan de la maison : https://drive.google.com/file/d/1AbCdEf/view  Pouvez-vous chiffrer l'isolation ?",
    "Nous avons un site existant (http://www.notre-asso.org) et voudrions le refaire. Quel serait le budget ?",
    "Nous cherchons une agence pour notre référencement naturel et nos backlinks : https://a-exemple.fr, https://b-exemple.fr et https://c-exemple.fr",
    "Je voudrais être en première page de Google sur « plombier Lyon ». Combien coûte votre accompagnement SEO ?",
    "Bonjour\nJe n'arrive pas à me connecter à mon espace client depuis hier, le mot de passe oublié ne m'envoie rien.\nCordialement",
    "Je souhaite me désinscrire de votre newsletter, merci.",
    "Bonjour, est-ce que vous livrez en Corse ? Et sous quel délai ?",
    "Demande de brochure",
    "ok pour le rendez-vous de jeudi 14h",
    "Merci de me contacter.",
    "test",
    "Bonjour, avez-vous une chambre double du 12 au 15 août ? Petit déjeuner compris ? Combien pour un enfant de 4 ans ?",
    "J'ai été déçu par votre service après-vente : l'appareil est en panne depuis trois semaines et personne ne répond !!!",
    "URGENT FUITE D'EAU CUISINE, RAPPELEZ-MOI VITE SVP 06 11 22 33 44",
    "Suite à notre échange téléphonique avec M. Bernard, voici mes coordonnées pour le contrat de maintenance.",
    "Bonjour, étudiante en BTS communication, je cherche un stage de 8 semaines à partir de mai. Puis-je vous envoyer mon CV ?",
    "Quels sont vos tarifs pour un mariage de 90 personnes le 6 juin à Annecy ? Nous avons besoin d'un traiteur et de la vaisselle.",
    "Je recherche un financement pour l'achat d'un véhicule d'occasion, environ 9000 euros sur 48 mois.",
    "Nous souhaitons investir dans l'immobilier locatif. Votre cabinet accompagne-t-il les primo-investisseurs ?",
    "Peut-on payer en bitcoin sur votre boutique ?",
    "Bonjour, nous organisons un séminaire au casino de Deauville et cherchons une navette pour 30 personnes.",
    "Je suis propriétaire d'un prêt-à-porter à Lille et je voudrais un site e-commerce avec click and collect.",
    "Quel est le taux d'intérêt de votre prêt personnel sur 5 ans ? Merci pour une simulation.",
    "Je souhaite résilier mon contrat n° 45120-B, quelles sont les démarches ? Je ne veux plus recevoir de courrier.",
    "Bonjour, votre formulaire ne fonctionne pas sur mon iPhone, je vous écris donc depuis l'ordinateur.",
    "L'adresse indiquée sur votre page contact n'est plus la bonne, je suis passé pour rien ce matin.",
    "Pourriez-vous m'envoyer la fiche technique du modèle XR-250 ainsi que le certificat CE ?",
    "Mon numéro de commande est le 100849625, je n'ai toujours rien reçu.",
    "Serait-il possible d'avoir un échantillon gratuit avant de commander 200 pièces ?",
    "Je veux vendre ma voiture Peugeot 308 de 2017, 98 000 km, et en racheter une électrique.",
    "Bonjour, je suis journaliste à Ouest-France et souhaite interviewer votre directrice au sujet de l'eau.",
    "Nous aimerions devenir revendeurs de vos produits en Belgique. À qui s'adresser ?",
    "rdv possible samedi ?",
    "?",
    "Bonjour, je vous contacte de la part de Sophie Martin qui m'a dit le plus grand bien de votre travail.",
    "Je me permets de relancer ma demande du 3 mars restée sans réponse. Cordialement, P. Roux",
    "Intéressé par l'offre de parrainage vue sur Instagram, comment faire ?",
    "Avez-vous reçu les photos envoyées par WhatsApp ? Le toit est abîmé côté nord.",
    "Bonjour, société de 12 salariés, nous voulons une mutuelle. Effectif : 7 cadres, 5 employés. Votre meilleur prix ?",
    "Combien pour faire réparer un écran d'iPhone 13 ? Sans engagement bien sûr.",
    "Votre article sur la rénovation énergétique m'a beaucoup aidée, merci. Une question : l'aide MaPrimeRénov' est-elle cumulable ?",
    "Mon fils de 8 ans veut commencer le judo, y a-t-il encore de la place le mercredi ?",
    "Hello, I'm looking for a quote for 3 nights in October for two adults. Thank you!",
    "Hi, we are a small bakery in Leeds and would like to order 20 kg of your flour. Do you ship to the UK?",
    "Could you please send me your price list and minimum order quantity?",
    "We need a new website for our law firm. Do you also offer SEO? How much would it be?",
    "I saw your booth at the fair. Let's talk next week, here is my calendar: https://calendly.com/exemple/30min",
    "Please call me back, I have a question about invoice 2024-117.",
    "Is the apartment in rue des Lilas still available? We could visit this weekend.",
    "Our developer says your API answers 500 since this morning: https://status.exemple.dev/incidents/441 Can you check?",
    "Hello, my order has not arrived and the tracking link does not work. Please help.",
    "I want to unsubscribe from your mailing list, the link at the bottom is broken.",
    "Guten Tag, wir interessieren uns für Ihre Maschinen. Bitte senden Sie uns ein Angebot für zwei Anlagen.",
    "Buenos días, ¿tienen distribuidor en España? Necesitamos unas 500 unidades al mes.",
    "Buongiorno, vorrei prenotare un tavolo per 6 persone sabato sera.",
    "Olá, gostaria de saber o preço do curso intensivo de francês em julho.",
    "Goedemiddag, leveren jullie ook in Gent? Graag een offerte voor 40 stoelen.",
    "Здравствуйте, мы хотели бы купить ваше оборудование. Есть ли у вас представитель в Лионе?",
    "您好，我想咨询一下贵公司的红酒价格，我们在上海有三家餐厅，想长期合作。",
    "مرحبا، أود معرفة أسعار دورات اللغة الفرنسية لشهر يوليو وشكرا جزيلا لكم",
    "Bonjour, notre plaquette est ici www.nous-exemple.com et notre chaîne https://youtu.be/abc123 ; pouvez-vous faire la même vidéo ?",
    "J'ai gagné 20 % de clients avec votre outil, bravo. Est-ce qu'une version équipe existe ?",
    "SVP rappeler, je suis disponible entre 12h et 14h. Bien à vous. Envoyé de mon iPhone",
    "Nous avons reçu votre e-mail sur l'audit gratuit, ça nous intéresse. On fait ça quand ?",
)

# Senders that programs make: joined names, throw-away or dotted addresses, numbers that nobody has.
PROGRAMS = (
    ("RobertTox", "roberttox@mail.ru", "89037375321", "google"),
    ("Michaelvex", "andrew.kolesnikov.1987@list.ru", "85498132267", "Michaelvex"),
    ("DavidHiesyTV", "maksim.petrov.92@bk.ru", "83517648899", ""),
    ("Get $2,450 now https://fast-pay.example/x", "kingston.pay@yandex.ru", "", ""),
    ("Williamglito", "s.a.r.a.h.j.o.nes88@gmail.com", "", "Apple"),
)
SELLERS = (
    ("Sarah Jones", "sarahjones.seo@gmail.com", "", ""),
    ("Rahul Sharma", "rahul.webdev01@gmail.com", "+919876543210", "Digital Solutions"),
    ("Ryan", "no-reply@growthmail.top", "1234567890", ""),
    ("Eric", "eric.jones.z.mail@gmail.com", "555-555-1212", "talkwithlead"),
    ("Claire B.", "claire@yopmail.com", "", ""),
)
LENDERS = (
    ("MARTIN PIERRE", "martinpierre.financement@gmail.com", "+22961234567", ""),
    ("Mme Sophie LAURENT", "sophie.laurent.pret@hotmail.com", "", "Banque"),
    ("Dr James Williams", "james.williams@mailinator.com", "", ""),
)
RANDOM = (
    ("QhTzMwVbNxRkLp", "u.fed.o.xi.ma23@gmail.com", "4153867722", "XbRtKqPwZmLd"),
    ("kJsDwYtBqNzRfH", "ot.uh.i.wef.a7@gmail.com", "7025519934", "vMxTkGqWbZ"),
    ("qsdfqsdf", "qsdf@qsdf.fr", "0000000000", "qsdf"),
    ("asdasd", "asd@asd.com", "1111111111", "asdasd"),
)

# (senders, messages)
SPAM = (
    (
        PROGRAMS,
        (
            'Hello. <a href="https://cheap-pills.example/viagra">Buy viagra online</a> without prescription',
            "[url=https://casino-x.example]best online casino bonus[/url] free spins for new players https://casino-x.example",
            "Привет! Лучшие займы онлайн без отказа на карту за 5 минут https://zaim-online.example/ и https://kredit.example",
            "Заказать прогон хрумером по форумам и каталогам, гарантия роста позиций https://t.me/xrumer_example",
            "Hot girls waiting for sexy chat in your city: https://bit.ly/3xAmPlE",
            "Make $5000 per day with our financial robot https://robot-example.top/go",
            "Earn up to 2 BTC a week. Bitcoin investment platform, join on telegram https://t.me/btc_example",
            "https://download-crack.example/keygen https://warez.example/full https://torrent.example/free",
            "Ваш аккаунт получил перевод 124 000 рублей, заберите: https://telegra.ph/Perevod-01-02",
            "купить диплом о высшем образовании с занесением в реестр https://diplom-example.ru",
            "replica watches rolex omega best price [url=https://replica.example]shop now[/url]",
            "Cryptocurrency wallet recovery, lost bitcoin? contact us https://wa-example.top/rec",
            "nice article! visit my site https://essay.example essay writing service",
            "Sildenafil tadalafil levitra cialis https://pharma.example https://pharma2.example https://pharma3.example",
            "1xbet promo code 2026 https://1x-example.bet",
            "Gagnez jusqu'à 3 000 € par jour avec le trading https://tinyurl.com/exemple9",
        ),
    ),
    (
        SELLERS,
        (
            "Hello website owner, I was on your site and noticed it is not on the first page of Google. We can rank your website #1. "
            "Reply for our price list. If you don't want to receive this, reply unsubscribe.",
            "Hi, we provide high DA guest posts and dofollow backlinks at affordable price. https://links-example.com",
            "Your website is not ranking. SEO services at a low price. Click here https://bit.ly/seo-example",
            "We can send your offer to 2 million contact forms. Contact form marketing works! https://forms-example.top To opt out write back.",
            "Dear business owner, buy real targeted visitors to your website from $9. https://traffic-example.io",
            "Hi there, I can redesign your website and develop mobile apps. Are you interested?",
            "Would you be interested in an explainer video for your business? See examples: https://youtu.be/x1 https://youtu.be/x2 https://youtu.be/x3",
            "Instagram followers, 1000 for $5. https://smm-example.store",
            "B2B email list of 5 million companies, 50% off this week. https://lists-example.biz Unsubscribe: https://lists-example.biz/u",
            "Hey, my name's Eric and for just a second imagine this: someone does a search, winds up at your site, and leaves. "
            "Talk With Web Visitor is a software widget: https://talk-example.com If you'd like to unsubscribe click here https://talk-example.com/u",
            "Bonjour, votre site n'apparaît pas sur Google. Nous pouvons améliorer votre référencement : audit gratuit https://seo-exemple.top",
            "Avis Google positifs et abonnés Instagram pas cher. https://avis-exemple.shop Pour ne plus recevoir de messages, répondez STOP.",
            "Bonjour, nous vendons une base de données B2B de 300 000 entreprises françaises, RGPD. Sans engagement. Désinscription : répondez stop",
            "Could you publish a sponsored article on your site? We pay $50 per link insertion.",
            "I am a web developer from India, we do website design, SEO, digital marketing at affordable prices. Shall I send the price list?",
            "Are you looking for funding? Business loans from 2% interest rate. Apply: https://funding-example.org",
            "To the owner of this website: errors on your site are costing you sales. Free audit https://audit-example.site",
            "Nous proposons la création de leads qualifiés pour votre entreprise, intéressé ?",
        ),
    ),
    (
        LENDERS,
        (
            "Offre de prêt entre particuliers sérieux de 3 000 à 900 000 euros au taux de 2 %. Contactez-moi : https://wa.me/22961234567",
            "Besoin d'un crédit rapide ? Octroi de prêt sans frais. Répondez à offre.de.pret@exemple.com. Ce message a été envoyé à tous.",
            "I am the widow of a late oil engineer and you have been selected as next of kin for the inheritance fund of 8 million dollars.",
            "Témoignage : grâce à un prêteur particulier honnête j'ai obtenu mon prêt d'argent rapide en 48h https://bit.ly/pret-x",
            "You have won an ATM card of $2,500,000. Send your data to western union office. https://claim-example.top",
            "URGENT LOAN OFFER, apply now for personal loan 3% interest rate. If you are not interested, unsubscribe.",
        ),
    ),
    (
        RANDOM,
        (
            "hGtRxBqLmZpWkV",
            "nYvKzTrWqXbMjD",
            "qsdfqsdf",
            "asdasd",
            "xcvbxcvb",
            "fgdfgdfg",
            "zRkQmXwTbLpN",
            "ssssss",
        ),
    ),
)  # fmt: skip
