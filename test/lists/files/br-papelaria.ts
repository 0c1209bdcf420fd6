import { draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const left = [
  'Caneta esferográfica azul cx. 50',
  'Lápis preto nº 2 cx. 144',
  'Borracha branca',
  'Apontador com depósito',
]
const right = [
  'Papel A4 75 g pct. 500 fls',
  'Caderno universitário 10 matérias',
  'Envelope saco kraft',
  'Pasta suspensa',
]

/** Two lists side by side on one page, to save paper. */
export async function brPapelaria() {
  const sheet = draft('Tabela')
  const draw = drawing(55)
  sheet.row({ value: 'PAPELARIA SERRA AZUL – TABELA DE PREÇOS', bold: true })
  sheet.merge('A1:G1')
  sheet.row('Vigência: 02/2026', null, null, null, 'Preços em R$ – sujeitos a alteração')
  sheet.blank()
  sheet.row('ESCRITA', null, null, null, 'PAPÉIS E ARQUIVO')
  sheet.merge('A4:C4')
  sheet.merge('E4:G4')
  sheet.row('Código', 'Produto', 'Preço', null, 'Código', 'Produto', 'Preço')
  for (let index = 0; index < 26; index++) {
    const one = line(`E${101 + index}`, `${left[index % 4]} – mod. ${index + 1}`, 190 + draw.below(12_000), 0)
    if (index >= 21) {
      sheet.item(one.cells, one.item)
      continue
    }
    const other = line(
      `P${301 + index}`,
      `${right[index % 4]} – mod. ${index + 1}`,
      450 + draw.below(150_000),
      4,
    )
    if (index === 9) other.onRequest()
    sheet.item([...one.cells, null, ...other.cells], one.item)
    sheet.also(other.item)
  }
  sheet.blank()
  sheet.row('Frete grátis acima de R$ 500,00 para a Grande BH.')
  return {
    file: 'br-papelaria.xlsx',
    bytes: await workbookBytes([sheet], { widths: [10, 38, 12, 3, 10, 38, 12] }),
    truth: truthOf(
      {
        file: 'br-papelaria.xlsx',
        note: 'Portuguese; two tables side by side',
        verdict: ['price-list'],
        tables: [
          { sheet: 'Tabela', headerRows: [4], mapping: { sku: [0], name: [1], price: [2] } },
          { sheet: 'Tabela', headerRows: [4], mapping: { sku: [4], name: [5], price: [6] } },
        ],
        currency: 'BRL',
        pitfalls:
          'every row holds two items; the right block is shorter; "sob consulta"; free-freight limit below',
      },
      [sheet],
    ),
  }
}

function line(sku: string, name: string, cents: number, column: number) {
  const price = { value: (cents / 100) as number | string, format: '"R$" #,##0.00' }
  const built = {
    cells: [sku, name, price],
    item: {
      sku,
      name,
      column,
      currency: 'BRL',
      category: [column === 0 ? 'ESCRITA' : 'PAPÉIS E ARQUIVO'],
      price: fromCents(cents) as string | null,
    },
    onRequest() {
      price.value = 'sob consulta'
      built.item.price = null
    },
  }
  return built
}
