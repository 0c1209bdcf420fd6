import { type DraftCell, draft } from '../draft.ts'
import { truthOf } from '../truth.ts'
import { otherWorkbookBytes } from '../write.ts'

const groups = [
  [
    'ÉPONGE',
    [
      [
        'Serviette invité',
        450,
        'blanc',
        [
          [4501, '30 x 50', 24, 1.15],
          [4502, '33 x 33', 48, 0.98],
        ],
      ],
      [
        'Drap de bain',
        450,
        'blanc',
        [
          [4510, '70 x 140', 12, 6.4],
          [4511, '100 x 150', 6, 9.85],
          [4512, '100 x 180', 6, 11.9],
        ],
      ],
      ['Tapis de bain', 750, 'blanc ou gris', [[4530, '50 x 70', 12, 3.75]]],
      [
        'Peignoir col châle',
        400,
        'blanc',
        [
          [4540, 'M', 6, 24.9],
          [4541, 'L', 6, 24.9],
          [4542, 'XL', 6, 26.5],
        ],
      ],
    ],
  ],
  [
    'LITERIE',
    [
      [
        'Drap plat percale',
        120,
        'blanc',
        [
          [5201, '180 x 300', 10, 14.2],
          [5202, '240 x 300', 10, 17.6],
          [5203, '280 x 320', 5, 21.4],
        ],
      ],
      [
        'Housse de couette satin',
        135,
        'blanc',
        [
          [5220, '140 x 200', 5, 27.8],
          [5221, '240 x 260', 5, 39.9],
        ],
      ],
      [
        'Taie sac',
        120,
        'blanc',
        [
          [5240, '50 x 70', 20, 3.3],
          [5241, '65 x 65', 20, 3.6],
        ],
      ],
      ['Couverture polaire', 350, 'taupe', [[5260, '240 x 260', 2, 1034.5]]],
    ],
  ],
] as const

/** Hotel linen: the name stands only before the first size, references are numbers, prices a piece and a carton. */
export function frLinge() {
  const sheet = draft('Tarif 2026')
  sheet.row('BLANC DES ALPES — linge hôtelier')
  sheet.row('Tarif professionnel au 1er février 2026, en euros H.T., franco 400 €')
  sheet.blank()
  sheet.row(
    'Réf.',
    'Désignation',
    'Dim. (cm) / taille',
    'g/m²',
    'Coloris',
    'Colisage',
    'P.U. HT',
    'Le colis HT',
  )
  const money = (value: number) => ({ value, format: '#,##0.00' })
  for (const [group, products] of groups) {
    sheet.row(null, group)
    for (const [name, weight, colour, sizes] of products) {
      sizes.forEach(([reference, size, carton, price], index) => {
        const shared: DraftCell[] = index === 0 ? [name] : [null]
        const cells = [
          reference,
          ...shared,
          size,
          index === 0 ? weight : null,
          index === 0 ? colour : null,
          carton,
        ]
        sheet.item([...cells, money(price), money(Math.round(price * carton * 100) / 100)], {
          sku: String(reference),
          nameHolds: name,
          price: String(price),
          currency: 'EUR',
          category: [group],
        })
      })
    }
    sheet.blank()
  }
  sheet.row('Broderie logo : nous consulter')
  const file = 'fr-linge.ods'
  return {
    file,
    bytes: otherWorkbookBytes([sheet], 'ods'),
    truth: truthOf(
      {
        file,
        note: 'French hotel linen, sizes as rows under one name',
        verdict: ['price-list'],
        tables: [{ sheet: 'Tarif 2026', headerRows: [3], mapping: { sku: [0], name: [1], price: [6] } }],
        currency: 'EUR',
        pitfalls:
          'names only in the first row of a group; section in the column of names; numeric references; piece and carton price',
      },
      [sheet],
    ),
  }
}
