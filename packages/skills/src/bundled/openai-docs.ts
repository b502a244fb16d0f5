/** The skill about the documentation of OpenAI: its files by path. */
export const OPENAI_DOCS: Readonly<Record<string, string>> = {
  'SKILL.md': `---
name: openai-docs
description: Answer questions about building with OpenAI models, APIs and tools from the current official documentation, with sources. Use when code calls OpenAI or somebody asks which model, endpoint or parameter to use.
metadata:
  short-description: Look things up in OpenAI's documentation
---
# OpenAI's documentation

Models, prices and parameters change faster than what you remember. Look them up before you state them.

1. **Find the source.** If there are tools whose names begin with \`mcp__openaiDeveloperDocs__\`, search with them and read the
   pages that fit. Otherwise search the web, only on \`developers.openai.com\` and \`platform.openai.com\`.
2. **Read the page itself**, not only the excerpt of a search. Of several pages the newest and most specific counts. When
   two disagree, say so.
3. **Look at the code at hand** before proposing a change: the version of the library in the lock file decides which
   parameters exist.
4. **Answer shortly**, with the address of each page that a statement rests on. Mark what you could not find in the
   documentation as your own judgement.

## Moving to another model

Read the page of the new model and its guide first. List what the code sets (model name, parameters, prompts, limits),
change what the pages name, and leave the rest as it is. Run the tests, then one real request where a key is at hand and
the user agrees.

## When the tools are missing

The documentation's MCP server needs no login. Offer to add it, since it gives better answers than a search:
\`codex mcp add openaiDeveloperDocs --url https://developers.openai.com/mcp\`. It is at hand in the next session. Without it and
without the web, say that you answer from memory, and of which date that may be.
`,
  'agents/openai.yaml': `interface:
  display_name: OpenAI Docs
  short_description: Look things up in OpenAI's documentation
dependencies:
  tools: [{ "type": "mcp", "value": "openaiDeveloperDocs", "description": "The documentation's MCP server", "transport": "streamable_http", "url": "https://developers.openai.com/mcp" }]
`,
};
