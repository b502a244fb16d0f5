/** Shown in the browser when the login is stored. The address bar forgets the code. */
export const SUCCESS_PAGE = page(
  'Signed in to Codex',
  '<p>You can close this window.</p><script>history.replaceState(null, "", "/success")</script>',
);

/** Shown in the browser when there will be no login. */
export function failurePage(message: string): string {
  return page('Codex could not sign you in', `<p>${escape(message)}</p><p>Go back to Codex and try again.</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 4rem auto"><h1>${title}</h1>${body}</body></html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
