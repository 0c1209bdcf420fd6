import { draft } from '../draft.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const parts = [
  ['RC0603FR-0710KL', 'Yageo', 'RES SMD 10K OHM 1% 1/10W 0603', 184_500, 1, 0.1, 0.013, 0.0048, 0.0021],
  ['RC0805JR-070RL', 'Yageo', 'RES SMD 0 OHM JUMPER 1/8W 0805', 92_000, 1, 0.1, 0.014, 0.0053, 0.0025],
  ['GRM188R71H104KA93D', 'Murata', 'CAP CER 0.1UF 50V X7R 0603', 250_000, 1, 0.1, 0.029, 0.0134, 0.0072],
  ['1N4148W-7-F', 'Diodes Inc', 'DIODE GEN PURP 100V 300MA SOD123', 48_210, 1, 0.14, 0.087, 0.0341, 0.0212],
  ['LM358DR', 'TI', 'IC OPAMP GP 2 CIRCUIT 8SOIC', 11_740, 1, 0.39, 0.265, 0.1608, 0.1051],
  ['ATMEGA328P-AU', 'Microchip', 'IC MCU 8BIT 32KB FLASH 32TQFP', 1204, 1, 2.87, 2.64, 2.38, 2.38],
  ['STM32F103C8T6', 'ST', 'IC MCU 32BIT 64KB FLASH 48LQFP', 860, 1, 6.84, 5.21, 4.32, 3.98],
  ['24LC256-I/SN', 'Microchip', 'IC EEPROM 256KBIT I2C 8SOIC', 5100, 1, 0.91, 0.87, 0.82, 0.82],
  ['USB4105-GF-A', 'GCT', 'CONN RCPT USB2.0 TYP C 24POS', 3320, 1, 0.82, 0.702, 0.5611, 0.4423],
  ['B3F-1000', 'Omron', 'SWITCH TACTILE SPST-NO 0.05A 24V', 14_020, 1, 0.31, 0.273, 0.2246, 0.1844],
  ['ECS-160-20-5PX', 'ECS', 'CRYSTAL 16.0000MHZ 20PF SMD', 0, 1, 0.67, 0.59, 0.4908, null],
  ['IRLZ44NPBF', 'Infineon', 'MOSFET N-CH 55V 47A TO220AB', 2210, 1, 1.62, 1.03, 0.7125, 0.5366],
  ['NSR0320MW2T1G', 'onsemi', 'DIODE SCHOTTKY 20V 1A SOD323', 9000, 1, 0.44, 0.318, 0.1391, 0.0787],
] as const

/** Electronic parts with the price for 1, 10, 100 and 1000: the quantities are a second header row of bare numbers. */
export async function usComponents() {
  const sheet = draft('Line card')
  sheet.row({ value: 'Harlow Components Inc. - Stock offer week 06/2026', bold: true })
  sheet.row('Subject to prior sale. Prices in effect until 2026-02-15.')
  sheet.row(
    'Part Number',
    'Mfr.',
    'Description',
    'In Stock',
    'MOQ',
    'Unit Price, US$',
    null,
    null,
    null,
    'Lead time (wks)',
  )
  sheet.merge('F3:I3')
  for (const column of 'ABCDEJ') sheet.merge(`${column}3:${column}4`)
  sheet.row(null, null, null, null, null, 1, 10, 100, 1000)
  const price = (value: number | null) => (value === null ? null : { value, format: '$#,##0.0000' })
  for (const [sku, brand, name, stock, minimum, one, ten, hundred, thousand] of parts) {
    const tiers = [
      { minQuantity: '10', price: String(ten) },
      { minQuantity: '100', price: String(hundred) },
      ...(thousand === null ? [] : [{ minQuantity: '1000', price: String(thousand) }]),
    ]
    const cells = [price(one), price(ten), price(hundred), price(thousand), 12]
    sheet.item([sku, brand, name, stock, minimum, ...cells], {
      sku,
      name,
      brand,
      price: String(one),
      currency: 'USD',
      tiers,
    })
  }
  const [sku, brand, name] = ['XC7A35T-1CPG236C', 'AMD', 'IC FPGA 106 I/O 238CSBGA']
  sheet.item([sku, brand, name, 0, 1, 'Call', 'Call', 'Call', 'Call', 52], { sku, name, brand, price: null })
  const file = 'us-components.xlsx'
  return {
    file,
    bytes: await workbookBytes([sheet], { widths: [22, 12, 36] }),
    truth: truthOf(
      {
        file,
        note: 'Electronic components with price breaks',
        verdict: ['price-list'],
        tables: [
          { headerRows: [2, 3], mapping: { sku: [0], name: [2], brand: [1], stock: [3], price: [5] } },
        ],
        currency: 'USD',
        pitfalls:
          'quantities as numbers in the second header row; four decimals; lead time and MOQ beside prices; "Call"',
      },
      [sheet],
    ),
  }
}
