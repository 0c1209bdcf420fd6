import { draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

/** "$" of a country that the title names; commas group thousands although decimals are points. */
export function mxFerreteria() {
  const sheet = draft()
  const draw = drawing(52)
  sheet.row('FERRETERÍA EL YUNQUE, S.A. DE C.V.')
  sheet.row('LISTA DE PRECIOS AL PÚBLICO - PRECIOS EN PESOS MEXICANOS (MXN), IVA INCLUIDO')
  sheet.blank()
  sheet.row('CLAVE', 'DESCRIPCION', 'UNIDAD', 'MENUDEO', 'MEDIO MAYOREO', 'MAYOREO')
  for (let index = 0; index < 64; index++) {
    const sku = `${draw.pick(['MAR', 'PIN', 'CLA'])}-${200 + index}`
    const name = `${draw.pick(['MARTILLO UÑA CURVA', 'PINZA MECANICA', 'CLAVO 2 1/2" KG', 'CINTA METRICA'])} ${index + 1}`
    const cents = 1850 + draw.below(220_000)
    const half = Math.round(cents * 0.93)
    const whole = Math.round(cents * 0.85)
    const unit = draw.pick(['PZA', 'KG', 'JGO'])
    sheet.item([sku, name, unit, pesos(cents), pesos(half), pesos(whole)], {
      sku,
      name,
      price: fromCents(cents),
      unit,
      currency: 'MXN',
      tiers: [{ price: fromCents(half) }, { price: fromCents(whole) }],
    })
  }
  return {
    file: 'mx-ferreteria.csv',
    bytes: csvBytes(sheet, { delimiter: ',', encoding: 'windows-1252', width: 6 }),
    truth: truthOf(
      {
        file: 'mx-ferreteria.csv',
        note: 'Mexican hardware; three price lists side by side',
        verdict: ['price-list', 'review'],
        tables: [{ headerRows: [3], mapping: { sku: [0], name: [1], unit: [2], price: [3] } }],
        currency: 'MXN',
        pitfalls:
          'no price column says "precio": retail, half wholesale and wholesale; pesos, not US dollars',
      },
      [sheet],
    ),
  }
}

function pesos(cents: number): string {
  return `$${fromCents(cents).replace(/\B(?=(\d{3})+\.)/g, ',')}`
}
