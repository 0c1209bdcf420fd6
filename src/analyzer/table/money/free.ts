import { normalize } from '../text.ts'

/** Whether the whole of a price cell says that the article costs nothing: "zdarma", "Gratis", "бесплатно". */
export function isFree(text: string): boolean {
  return text.length <= textLengthMax && words.has(normalize(text))
}

const textLengthMax = 30

const words: ReadonlySet<string> = new Set(
  `free|free of charge|no charge|foc|complimentary|gratis|kostenlos|kostenfrei|umsonst|gratuit|gratuito|gratuita|omaggio|grátis|sin cargo|sin costo
  |kosteloos|kostnadsfritt|kostenfritt|ilmainen|maksuton|bezpłatnie|bezpłatny|za darmo|zdarma|zadarmo|bezplatně|besplatno|brezplačno|бесплатно|безкоштовно|безплатно
  |ücretsiz|bedava|δωρεάν|חינם|ללא תשלום|مجاني|مجانا|免费|免費|無料|무료|ingyenes|miễn phí|ฟรี`
    .split('|')
    .map(normalize),
)
