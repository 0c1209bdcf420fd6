/** The one page; what it shows depends on its address. */
export const pageText = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tallyman</title>
<link rel="icon" type="image/svg+xml" href="/admin-assets/icon.svg">
<script src="/admin-assets/theme.js"></script>
<script src="/admin-assets/early.js"></script>
<link rel="stylesheet" href="/admin-assets/admin.css">
<script type="module" src="/admin-assets/admin.js"></script>
</head>
<body>
<div id="root"></div>
<noscript><p>Tallyman needs JavaScript. The API at <a href="/swagger">/swagger</a> does without.</p></noscript>
</body>
</html>
`

/** Where the choice of light or dark is remembered. */
export const themeKey = 'tallyman-theme'

/** Runs before anything is drawn, so that nobody who chose dark sees a white page first. */
export const themeScript = `try {
  const chosen = localStorage.getItem('${themeKey}')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch {}
`

/** Four strokes and the fifth across: a tally. */
export const iconText = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b6b5d"/><path d="M9 8v16M14 8v16M19 8v16M24 8v16M5 21 28 11" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/></svg>
`
