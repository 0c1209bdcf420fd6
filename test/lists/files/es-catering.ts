import { draft } from '../draft.ts'
import { type PlacedText, pdfBytes } from '../pdf.ts'
import { truthOf } from '../truth.ts'

const pages = [
  [
    [
      'BANDEJAS FRÍAS',
      [
        ['Surtido de canapés', '24 uds.', '28,50'],
        ['Tortilla española', '12 pinchos', '14,00'],
        ['Mini sándwiches vegetales', '20 uds.', '19,90'],
        ['Tabla de ibéricos (jamón, lomo, chorizo)', '500 g', '36,00'],
        ['Tabla de quesos manchegos', '600 g', '29,00'],
        ['Ensaladilla rusa', '1 kg', '12,75'],
      ],
    ],
    [
      'BANDEJAS CALIENTES',
      [
        ['Croquetas caseras', '30 uds.', '21,00'],
        ['Empanada gallega de atún', '1 ud.', '24,50'],
        ['Mini hamburguesas', '16 uds.', '32,00'],
        ['Paella mixta (mín. 6 pers.)', 'por persona', '9,50'],
      ],
    ],
  ],
  [
    [
      'POSTRES',
      [
        ['Tarta de Santiago', '10 raciones', '18,00'],
        ['Fruta de temporada', '2 kg', '15,40'],
        ['Churros con chocolate', '30 uds.', '22,00'],
        ['Tarta nupcial 3 pisos', '80 raciones', '1.120,00'],
      ],
    ],
    [
      'BEBIDAS',
      [
        ['Agua mineral 50 cl', '24 uds.', '9,60'],
        ['Refrescos variados 33 cl', '24 uds.', '16,80'],
        ['Vino tinto crianza 75 cl', '6 uds.', '39,00'],
        ['Café y leche (termo)', '2 l', '11,00'],
        ['Barra libre', '', 'a consultar'],
      ],
    ],
  ],
] as const

/** A caterer's menu as a PDF of two pages: no codes, prices at the right edge, the header only on the first. */
export function esCatering() {
  const items = draft()
  const drawn = pages.map((sections, page) => {
    const texts: PlacedText[] = [{ x: 60, y: 30, size: 8, text: 'Catering La Alquería · carta 2026' }]
    let y = 60
    if (page === 0) {
      texts.push({ x: 60, y: 70, size: 20, text: 'Nuestra carta de catering' })
      texts.push({ x: 60, y: 90, size: 9, text: 'Pedidos con 48 horas de antelación en el 955 010 203' })
      y = 120
      texts.push(...line(y, 'Producto', 'Formato', 'Precio'))
    }
    for (const [section, rows] of sections) {
      y += 26
      texts.push({ x: 60, y, size: 13, text: section })
      for (const [name, format, price] of rows) {
        y += 17
        const isAsked = price === 'a consultar'
        texts.push(...line(y, name, format, isAsked ? price : `${price} €`))
        items.item([], {
          sku: name,
          name,
          price: isAsked ? null : price.replace('.', '').replace(',', '.'),
          currency: 'EUR',
          category: [section],
        })
      }
    }
    texts.push({
      x: 60,
      y: 780,
      size: 8,
      text: 'Precios por formato. IVA 10% no incluido. Transporte gratuito a partir de 150 €.',
    })
    texts.push({ x: 500, y: 810, size: 8, text: `Página ${page + 1} de 2` })
    return texts
  })
  const file = 'es-catering.pdf'
  const { prices, samples, ...truth } = truthOf(
    {
      file,
      note: 'Spanish catering menu, PDF',
      verdict: ['price-list'],
      tables: [],
      currency: 'EUR',
      pitfalls:
        'no codes; a table over two pages; sections; weights and counts beside prices; running head and foot',
    },
    [items],
  )
  return {
    file,
    bytes: pdfBytes(drawn),
    truth: { ...truth, samples: samples.map(({ sku, row, ...sample }) => sample) },
  }
}

/** Prices end at the same place, so each starts where its length says: about half its size a character. */
function line(y: number, name: string, format: string, price: string): PlacedText[] {
  const end = { x: 530 - price.length * 5, y, size: 10, text: price }
  return [
    { x: 60, y, size: 10, text: name },
    ...(format === '' ? [] : [{ x: 340, y, size: 10, text: format }]),
    end,
  ]
}
