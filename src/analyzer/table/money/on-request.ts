import { normalize } from '../text.ts'

/**
 * Whether a price cell says that the price is given on request, or states none on purpose: "auf Anfrage", "POA",
 * "по запросу", "-", "—". Such a row is an item without a price, not an error.
 */
export function isOnRequest(text: string): boolean {
  if (text.length > textLengthMax) return false
  if (/^[-\u2010-\u2015\u2212.]{1,5}$/u.test(text)) return text !== '.'
  // An error cell of a workbook ("#N/A") is a fault, however alike the words are.
  if (text.startsWith('#')) return false
  const words = normalize(text)
  if (exact.has(words) || exact.has(words.replaceAll(' ', ''))) return true
  for (const phrase of phrases) if (words.includes(phrase)) return true
  return false
}

const textLengthMax = 60

/** The cell's whole text. */
const exact = new Set(
  split(`poa|por|call|request|tbd|tba|tbc|n/a|na|ka|k.a.|н/д|anfrage|anfragen|auf anfr|a.a.|consultar|consulte|consulta|запрос
    |tp|tagespreis|preis a a|kein preis|n c|nc|s demande|sd|prix du jour|da definire|prezzo da definire|s consulta|s cons|a convenir|a combinar|dagprijs|prijs op aanvr|dagspris|offereras|efter aftale
    |etter avtale|enligt overenskommelse|enl ok|do ustalenia|do negocjacji|telefon|dle dohody|dohodou|нет|немає|цену уточняйте|звонить|по договоренности|договор|договорна|за запитом|за домовленістю|ціну уточнюйте|уточнити
    |teklif alınız|arayınız|görüşülür|κατόπιν συνεννόησης|τηλεφωνήστε|επικοινωνήστε|συζητήσιμη|התקשר|התקשרו|לבירור|נא לברר|הצעת מחיר|حسب الطلب|اتصل بنا|للاستفسار|电议|電議|时价|時價|另议|見積|お見積り|お見積|要見積|別途|別途見積|時価|オープン|no price|price tbd|poa price|market price|current price|quote|get quote|request quote|rfq|enquire|inquire
    |уточнить|нет цены|nv|aanvraag|forespørsel|offert|offerte|tarjous|sorunuz|询价|面议`),
)

/** Anywhere in a short text. */
const phrases =
  split(`on request|upon request|by request|price request|on application|call for|please call|ask for price
  |contact us|to be confirmed|on demand|auf anfrage|auf nachfrage|preis anfragen|bitte anfragen|sur demande|nous consulter
  |sur devis|su richiesta|a richiesta|bajo consulta|a consultar|bajo pedido|bajo demanda|sob consulta|sob pedido|a pedir
  |op aanvraag|op offerte|på forespørgsel|på forespørsel|ved forespørsel|pa begaran|pa forfragan|begar offert|na zapytanie|do uzgodnienia
  |na dotaz|na vyzadani|na poptavku|по запросу|по запиту|под запрос|уточняйте|уточнюйте|договорная|договірна|по согласованию
  |под заказ|на заказ|під замовлення|auf bestellung|on order|to order|made to order|sur commande|su ordinazione
  |op bestelling|på bestilling|na zamówienie|na objednávku|sipariş üzerine|κατόπιν παραγγελίας|受注
  |discontinued|no longer available|ausgelaufen|auslaufartikel|nicht mehr lieferbar|fuori prod|descatalogado|descontinuado
  |plus fabriqué|niet meer leverbaar|udgået|utgått|wycofan|ukončeno|снят с производства|снято с производства|знято з виробництва
  |停产|停產|廃番|廃盤|生産終了|販売終了|단종
  |звоните|fiyat sorunuz|fiyat icin|talep uzerine|κατοπιν ζητησης|κατοπιν αιτησης|לפי בקשה|לפי הצעה|נא להתקשר|עند الطلب|عند الطلب|اتصل
  |面议|面議|询价|詢價|电询|電詢|要問合せ|お問い合わせ|応相談|オープン価格`)

function split(text: string): string[] {
  return text
    .split('|')
    .map(normalize)
    .filter((phrase) => phrase !== '')
}
