"""The words by which owners of small businesses tell what they sell, where, and how. Phrases are separated by commas."""

SELLS_WORDS = {
    "Food and drink": "food, drink, coffee, cafe, tea, restaurant, bakery, bread, cake, cupcake, pastry, pizza, burger, taco, sandwich,"
    " catering, bar, pub, beer, wine, juice, ice cream, chocolate, cheese, honey, jam, groceries, fruit, vegetable, deli, takeaway,"
    " snack, meal, butcher",
    "Fashion": "fashion, clothes, clothing, dress, shirt, t shirt, tshirt, shoe, sneaker, jewellery, jewelry, earring, handbag, bag,"
    " scarf, hat, boutique, vintage, sock, knitwear, sportswear",
    "Home and gifts": "furniture, candle, ceramic, pottery, mug, craft, gift, art, painting, print, poster, plant, flower, florist,"
    " homeware, decor, lamp, rug, soap, stationery",
    "Health and beauty": "beauty, salon, hair, haircut, hairdresser, barber, nail, massage, spa, cosmetic, makeup, skincare, yoga,"
    " pilates, gym, fitness, physio, dentist, wellness",
    "Services": "service, consulting, consultant, freelance, freelancer, plumber, plumbing, electrician, cleaning, gardening, repair,"
    " lesson, tutor, tutoring, coaching, photography, photographer, designer, web design, accounting, lawyer, translation, mechanic,"
    " garage, builder",
    "Something else": "something else, books, bike, bicycle, electronics, computer, toy, games, tickets, event, pet, software, donation",
}
COUNTRY_WORDS = {
    "Ireland": "ireland, irish, dublin, cork, galway, limerick",
    "United Kingdom": "united kingdom, uk, england, scotland, wales, britain, northern ireland, london, manchester, leeds, bristol,"
    " glasgow, edinburgh, belfast",
    "Germany": "germany, german, deutschland, berlin, munich, hamburg, cologne, frankfurt",
    "France": "france, french, paris, lyon, marseille, bordeaux",
    "Spain": "spain, spanish, madrid, barcelona, valencia, seville",
    "United States": "united states, usa, u s, the us, america, new york, nyc, california, texas, austin, chicago, portland",
}
CHANNEL_WORDS = {
    "Both": "both, not only, not just",
    "Online": "online, on the web, website, internet, ecommerce, e commerce",
    "In person": "in person, inperson, in store, in the shop, in the store, in our shop, in my shop, face to face, offline, on site",
}
CHANNEL_HINTS = {
    "Both": "everywhere",
    "Online": "shopify, etsy, instagram, webshop",
    "In person": "shop, store, market, stall, counter, cafe, bar, pub, restaurant, salon, studio, van, truck, high street",
}
"""Where one sells, which tells how."""


def phrases(*tables: dict[str, str]) -> dict[str, list[str]]:
    """Return value -> phrases, of several tables together."""
    return {value: [phrase for table in tables for phrase in table[value].split(", ")] for value in tables[0]}
