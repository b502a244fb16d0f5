/** Lark grammar of the freeform patch tool: the strict form of what `parsePatch` reads. */
export const GRAMMAR = `start: begin hunk+ end

begin: "*** Begin Patch" NEWLINE
end: "*** End Patch" NEWLINE?

hunk: add | delete | update

add: "*** Add File: " TEXT NEWLINE added+
delete: "*** Delete File: " TEXT NEWLINE
update: "*** Update File: " TEXT NEWLINE move? chunk_first chunk*

move: "*** Move to: " TEXT NEWLINE
chunk_first: header? line+ tail?
chunk: header line+ tail?

header: ("@@" | "@@ " TEXT) NEWLINE
line: added | removed | kept
added: "+" TEXT? NEWLINE
removed: "-" TEXT? NEWLINE
kept: " " TEXT? NEWLINE
tail: "*** End of File" NEWLINE

TEXT: /[^\\n]+/
NEWLINE: /\\n/
`;
