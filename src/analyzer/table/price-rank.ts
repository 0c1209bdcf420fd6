import { normalize } from './text.ts'

/**
 * Which of several price columns is the price: a factor on the score of a header that names a price. Plain "Price"
 * is best, then what we pay or what is asked now, then retail and wholesale, then limits, and last what used to be.
 */
export function priceRank(header: string): number {
  const words = ` ${normalize(header)} `
  for (const { factor, marks } of ranks) {
    for (const mark of marks) if (words.includes(mark)) return factor
  }
  return 1
}

const ranks: { factor: number; marks: string[] }[] = [
  {
    factor: 0.7,
    marks: split(
      `old|compare at|compare|was|before|previous|regular|alter|statt|стар|предыдущ|ancien|barre|anterior|antes|vecchio|tidigare|tidligere|forpris|stara|puvodni|eski|παλια|קודם|القديم|原价|原價|旧`,
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
      `wholesale|опт|оптовая|оптовый|гурт|großhandel|grosshandel|gros|mayorista|ingrosso|atacado|hurt|hurtowa|velkoobchod|bulk|toptan|χονδρικη|סיטונאי|الجملة|批发|批發|卸|dealer|дилер|2|3|4|5|10|20|50|100|1000`,
    ),
  },
  {
    factor: 0.93,
    marks: split(
      `rrp|msrp|uvp|srp|recommended|suggested|conseille|recommande|empfohlen|unverbindliche|vejl|vejledende|rek|veiledende|adviesprijs|consigliato|sugerido|рекомендованная|мрц|ррц|list|listen|listenpreis|listpris|listepris`,
    ),
  },
  {
    factor: 0.95,
    marks: split(`ek|purchase|einkaufspreis|inkopspris|innkjopspris|achat|costo|закупочная|cost`),
  },
  {
    factor: 0.97,
    marks: split(
      `retail|розница|розничная|розн|gross|brutto|incl|inkl|ttc|с ндс|з пдв|s dph|ink|detal|detaliczna`,
    ),
  },
]

function split(text: string): string[] {
  return text.split('|').map((mark) => {
    const words = normalize(mark)
    // Words match whole; scripts without spaces and Slavic stems match anywhere.
    return /[\u3040-\u9fff]/.test(words) || words === 'стар' || words === 'предыдущ' ? words : ` ${words} `
  })
}
