import { normalize } from '../text.ts'
import { headerUnitOf } from './affix.ts'
import { withoutCurrency } from './currency.ts'
import { priceTaxOf } from './price-tax.ts'
import { quantityBreakOf } from './quantity-break.ts'

/**
 * Which of several price columns is the price: a factor on the score of a header that names a price. Plain "Price"
 * is best, and net before gross; then what we pay, then retail, list and wholesale prices, then what others are
 * recommended to ask, prices of a lower quantity before those of a higher, then limits, and last what used to be.
 */
export function priceRank(header: string): number {
  const words = ` ${normalize(header)} `
  if (totalWord.test(words)) return totalRank
  const from = quantityBreakOf(header)?.from ?? 1
  if (from > 1) return quantityRank - quantityStep * Math.log10(from)
  const per = headerUnitOf(withoutCurrency(header))
  const perWhat =
    per === null || isPerPiece(per) ? 1 : per.quantityE4 === null ? perUnitRank : perQuantityRank
  // "Preis/St. ca." of goods that are weighed; what is exact is the price of a kilogram.
  const perFactor = perWhat * (about.test(words) ? aboutRank : 1)
  // What is left of a list price after the discount is what we pay, whatever else the header says.
  if (isReducedPrice(header)) return perFactor * (priceTaxOf(header) === 'gross' ? grossRank : 1)
  if (isDiscounted(header)) return perFactor * discountedRank
  for (const { factor, marks } of ranks) {
    for (const mark of marks) if (words.includes(mark)) return factor * perFactor
  }
  return perFactor * (priceTaxOf(header) === 'gross' ? grossRank : 1)
}

/**
 * Whether prices of this column are what somebody pays now for one: no old prices, limits, prices from a quantity on,
 * or prices per kilogram.
 */
export function isCurrentPrice(header: string): boolean {
  const per = headerUnitOf(withoutCurrency(header))
  return (per === null || isPerPiece(per)) && priceRank(header) >= currentRankMin
}

/**
 * Whether the header is about money that is no price of an article: a discount, a sum, a deposit, freight, a rate of
 * VAT. "Price after discount" is a price.
 */
export function isNoPriceHeader(header: string): boolean {
  const words = ` ${normalize(header)} `
  if (totalWord.test(words) || freightPrice.test(words)) return true
  if (priceStems.test(words)) return false
  // "UVP inkl. 19 % MwSt." is a price, "Rabatt %" is none.
  if (/[%٪％]/.test(priceTaxOf(header) === null ? header : header.replace(rate, ' '))) return true
  if (noPriceMarks.some((mark) => words.includes(mark))) return true
  // "VAT" is the tax, "ex VAT" says something about a price.
  return taxMarks.some((mark) => words.includes(mark)) && priceTaxOf(header) === null
}

/** Whether the header is of prices that hold for a while, and only of some articles. */
export function isOfferHeader(header: string): boolean {
  const words = ` ${normalize(header)} `
  return offerMarks.some((mark) => words.includes(mark))
}

/** Whether the header is of sums: "Total price", "Gesamtpreis", "Сумма всего". */
export function isTotalHeader(header: string): boolean {
  return totalWord.test(` ${normalize(header)} `)
}

/** Whether the header says that a discount has been taken off: "Cena po rabacie", "Price after discount". */
export function isReducedPrice(header: string): boolean {
  // "Price with discount 5 %" is one price list of several.
  return isDiscounted(header) && !/[%٪％]/.test(header)
}

/** The year that a header names ("Preis 2026"), 0 without one. */
export function yearIn(header: string): number {
  return Number(/(?<!\d)20[0-9]{2}(?!\d)/.exec(header)?.[0] ?? 0)
}

function isDiscounted(header: string): boolean {
  return header.length <= reducedLengthMax && reduced.test(` ${normalize(header)} `)
}

/** "per piece" is what a plain price is. */
function isPerPiece({ unit, quantityE4 }: { unit: string | null; quantityE4: number | null }): boolean {
  return quantityE4 === null && unit !== null && isPiece(unit)
}

/** Whether a word means one article of whatever it is: "pcs", "St", "шт". */
export function isPiece(unit: string): boolean {
  return pieceWord.test(unit)
}

/** A rate of VAT: "19 %", "7,5%", "%20". */
const rate = /\d{1,2}(?:[.,]\d{1,2})?\s?[%٪％]|[%٪％]\s?\d{1,2}(?!\d)/g

const reducedLengthMax = 120
const reduced =
  / (?:(?:after|less|minus|with) (?:your )?discount|discounted|nach (?:abzug )?(?:des )?rabatts?|abzuglich rabatt|abzgl rabatt|rabattiert|apres remise|remise (?:deduite|incluse)|remisee?|scontat[oi]|(?:al netto|dopo) (?:di |dello )?sconto|con (?:el )?(?:descuento|sconto)|com desconto|na (?:aftrek )?korting|met korting|efter rabatt?|etter rabatt|med rabatt?|po rabacie|po upuscie|z rabatem|po sleve|se slevou|со скидкои|с учетом скидки|после скидки|зі знижкою|з урахуванням знижки|після знижки|indirimli|iskontolu|μετα (?:την )?εκπτωση|με εκπτωση|אחרי הנחה|לאחר הנחה|بعد الخصم) |折[后後]|割引後|値引後/u

const pieceWord =
  /^(?:pcs?|pieces?|pce|each|ea|unit|item|st|stk|stck|stück|stuks?|styck|ks|kus|szt|sztuk[ęa]|шт|штук[ау]?|единиц[ау]|одиниц[юя]|unité|pièce|pz|pezzo|ud|unidad|pza|pieza|un|unidade|peça|adet|τεμ|τεμάχιο|יח|יחידה|件|个|個|本|枚)$/iu

// Beside a plain price, the price per kilogram serves for comparison.
const perUnitRank = 0.97
const perQuantityRank = 0.95
const totalRank = 0.75
const currentRankMin = 0.86
const grossRank = 0.97
const discountedRank = 0.9
const aboutRank = 0.95
const about = / (?:ca|circa|cirka|approx|approximate|environ|ок|около|прибл|орієнтовно) /
const quantityRank = 0.85
const quantityStep = 0.005

const noPriceMarks = split(
  `discount|rabatt|rabais|remise|sconto|descuento|desconto|korting|rabat|sleva|скидка|знижка|indirim|iskonto|εκπτωση|הנחה|خصم|折扣|割引
  |deposit|pfand|consigne|cauzione|kaution|caution|fianza|statiegeld|pant|kaucja|zaloha|залог|депозит|shipping|delivery|freight|versand|porto|fracht|livraison|доставка|kargo
  |sum|summe|somme|amount|betrag|montant|importe|importo|bedrag|belop|kwota|suma|soucet|castka|сумма|сума|tutar|ποσο|סכום|المبلغ|金额|金額
  |margin|marge|marza|наценка|маржа|税率|税额`,
)
const taxMarks = split(
  `mwst|mw st|ust|vat|gst|tva|iva|btw|moms|mva|dph|ндс|пдв|kdv|φπα|מעמ|alv|tax|taxe|taxes`,
)
// Words that begin like these name a price whatever stands beside them.
const priceStems =
  / (?:price|preis|prix|prezz|preci|prec|prijs|pris|cena|ceny|cen|цен|цін|fiyat|τιμ|מחיר|سعر|hinta|pret|cijen|harga|hind )|preis |prijs |pris |hinta |[价価價]/

// "Total price" is a sum whatever the word beside it.
const totalWord =
  / (?:line |sub |grand )?(?:sub)?total(?:e|preis|pris|prijs)? |gesamt| extended |summenpreis| итого| всего| общая | разом | усього| загальна |razem|celkem|celková| toplam | συνολο| συνολικη|סהכ|اجمالي|المجموع|合[计計]|[小总總][计計]|[总總][价價]/

// The price of freight, as feeds have it for every article; "price with delivery" is the article's.
const freightPrice =
  / (?:shipping|delivery|freight|versand|fracht|livraison|kargo|frete) (?:prices?|costs?|fees?|preis|kosten|tarif)(?: \d+)? | (?:цена|стоимость|ціна|вартість) доставк[иі] | (?:prix|coût|frais) de (?:la )?livraison /

/** What is asked for a while only. */
const offerMarks = split(
  `sale|special|promo|promotion|promotional|promotionnel|aktion|aktionspreis|angebotspreis|sonderpreis|oferta|promocion|promocja|promocyjna|promozionale|акция|акционная|акційна|kampanj|kampanje|kampagne|kampanya|akcni|akce`,
)

const ranks: { factor: number; marks: string[] }[] = [
  {
    factor: 0.7,
    marks: split(
      `old|compare at|compare|was|before|previous|alter|alt|bisher|bisheriger|ehemals|streichpreis|statt|стар|предыдущ|ancien|barre|anterior|antes|vecchio|tidigare|gammalt|gammal|tidligere|gammel|forpris|fore|oude|was prijs|van prijs|adviesprijs was|stara|stare|puvodni|poprzednia|przed|бывш|зачеркнут|до скидки|без скидки|без знижки|eski|παλια|קודם|القديم|原价|原價|旧`,
    ),
  },
  {
    // What others are to ask of their customers; whoever sends the list asks what stands beside it.
    factor: 0.89,
    marks: split(
      `rrp|msrp|mrp|uvp|srp|nrp|recommended|suggested|conseille|recommande|empfohlen*|unverbindliche*|vejl|vejledende|rek|rekommendera*|veiledende|anbefal*|adviesprijs|adviesverkoopprijs|richtprijs|richtpreis|consigliato|sugerido|recomendad*|pvpr|sugerowan*|zalecan*|doporucen*|dmoc|odporucan*|рекоменд*|препоръч*|мрц|ррц|рмц|tavsiye|ajanlott|ovh|suositus*|preporucen*|προτεινομεν*|מומלץ|المقترح|المقترحة|المقترحه|希望小売|建议|建議|권장*`,
    ),
  },
  {
    factor: 0.8,
    marks: split(
      `min|max|minimum|maximum|мин|макс|минимальная|deposit|pfand|shipping|delivery|versand|доставка|fracht|discount|rabatt|скидка|weight|total|margin|quantity|per item`,
    ),
  },
  {
    factor: 0.9,
    marks: split(
      `wholesale|vpc|впц|mayoreo|nagyker|grosir|vrac|опт|оптовая|оптовый|гурт|großhandel|grosshandel|gros|mayorista|ingrosso|atacado|hurt|hurtowa|velkoobchod|bulk|toptan|χονδρικη|סיטונאי|الجملة|批发|批發|卸|仕切|下代|dealer|дилер|оптов*|гуртов*|جملة|도매*|2|3|4|5`,
    ),
  },
  {
    // A pack is not the article, and what is in it may not be told.
    factor: 0.885,
    marks: split(
      `pack|per pack|pack price|case|carton|pallet|outer|tray|box|karton|kartong|kiste|kasse|palle|palette|gebinde|krt|frp|forp|colis|caisse|cartone|scatola|bancale|fardo|zgrzewka|paleta|krabice|коробка|ящик|паллета|паллет|мешок|κιβωτιο|κουτι|קרטון|ארגז|מארז|כמות מארז|الكرتون|كرتون|للكرتون|العلبة|الصندوق|ケース|箱|カートン|整箱|件价|emb|embalagem|embal|paquete|pacote|opak|bal|bunt|συσκευασια|συσκ|упаковку|упаковка|упак|уп|коробку|confezione|caja|caixa|doos|kolli|opakowanie|baleni|koli`,
    ),
  },
  // Where prices are reduced, most articles have only this one.
  {
    factor: 0.92,
    marks: split(
      `regular|normalpreis|normal|ordinarie|ord|normalpris|обычная|звичайна|regularna|bezna|habitual|normale`,
    ),
  },
  {
    factor: 0.93,
    marks: split(
      `a prazo|prazo|parcelado|credito|cartao|vadeli|taksitli|рассрочка|в рассрочку|в кредит|кредит|定価|标价|参考价|上代|erp|estimated retail|list|listen|listenpreis|listpris|listepris|kat|katalogowa|katalogova|katalogpreis|katalogpris|katalog|catalogue|catalog|catalogo|каталожная|по каталогу|по прайсу|market|markt|рыночная|市场|市場|划线|吊牌`,
    ),
  },
  {
    factor: 0.95,
    marks: split(
      `ek|hek|gek|purchase|einkaufspreis|inkopspris|innkjopspris|achat|costo|custo|закупочная|закупівельна|себестоимость|собівартість|einstandspreis|kostpris|kostprijs|revient|zakupu|nakupni|maliyet|cost`,
    ),
  },
  { factor: 0.975, marks: offerMarks },
  {
    factor: 0.97,
    marks: split(
      `retail|розница|розничная|розн|winkelprijs|consumentenprijs|ladenpreis|verbraucherpreis|endkundenpreis|butikspris|utsalgspris|gross|brutto|incl|inkl|ttc|с ндс|з пдв|s dph|ink|detal|detaliczna|роздрібна|perakende|λιανικη|pubblico|publico|المستهلك|للمستهلك|التجزئة|القطاعي|לצרכן|소비자*|소매*`,
    ),
  },
]

function split(text: string): string[] {
  return text.split('|').map((mark) => {
    const words = normalize(mark)
    // Words match whole, "рекоменд*" as their beginning; scripts without spaces and Slavic stems match anywhere.
    if (mark.trim().endsWith('*')) return ` ${words}`
    return /[\u3040-\u9fff]/.test(words) || ['стар', 'предыдущ', 'бывш', 'зачеркнут'].includes(words)
      ? words
      : ` ${words} `
  })
}
