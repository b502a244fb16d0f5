import type { McpElicitationPrimitiveSchema, McpServerElicitationRequestParams, RequestId } from '@codex/protocol';
import { bufferOf } from '../composer/buffer.ts';
import { EMPTY_DRAFT } from '../composer/draft.ts';
import type { Choice, Dialog, State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { step } from '../step.ts';
import { plainLine } from '../text/plain.ts';
import { reopenDialog } from './dialog.ts';
import { choicesOf, checkText, defaultText } from './elicitation-field.ts';

type Content = Readonly<Record<string, unknown>>;

/** What an MCP server asks: to visit an address, to agree, or to fill in a form, field by field. */
export function askElicitation(id: RequestId, params: McpServerElicitationRequestParams): Dialog {
  const respond =
    (action: 'accept' | 'decline' | 'cancel', content?: Content) =>
    (state: State): Step =>
      step(addCells(state, { kind: 'answered', isYes: action === 'accept', text: `${params.serverName}: ${action}` }), {
        type: 'answer',
        id,
        result: { action, ...(action === 'accept' && content !== undefined ? { content } : {}) },
      });
  const no: Choice[] = [
    { label: 'No', key: 'n', choose: respond('decline') },
    { label: 'Not now (esc)', choose: respond('cancel') },
  ];
  const common = { question: id, title: `${plainLine(params.serverName)} asks`, cancel: respond('cancel') };
  if (params.mode === 'url') {
    return {
      ...common,
      kind: 'select',
      body: [{ text: params.message }, { text: params.url, look: 'code' }],
      choices: [{ label: 'I have been there', key: 'y', choose: respond('accept') }, ...no],
      selected: 0,
    };
  }
  const fields = Object.entries(params.requestedSchema.properties);
  const required = new Set(params.requestedSchema.required ?? []);
  const next = (at: number, content: Content): Dialog => {
    const field = fields[at];
    if (!field) {
      const rows = Object.entries(content).map(([name, value]) => ({
        text: `${name}: ${JSON.stringify(value)}`,
        look: 'dim' as const,
      }));
      return {
        ...common,
        kind: 'select',
        body: [{ text: params.message }, ...rows],
        choices: [{ label: fields.length > 0 ? 'Send' : 'Yes', key: 'y', choose: respond('accept', content) }, ...no],
        selected: 0,
      };
    }
    const [name, schema] = field;
    return askField({ ...common, message: params.message, isRequired: required.has(name) }, name, schema, (value) =>
      next(at + 1, value === undefined ? content : { ...content, [name]: value }),
    );
  };
  return next(0, {});
}

/** One field; `next` makes what is shown after it. */
function askField(
  {
    message,
    isRequired,
    ...common
  }: Pick<Dialog, 'title' | 'cancel'> & { question: RequestId; message: string; isRequired: boolean },
  name: string,
  schema: McpElicitationPrimitiveSchema,
  next: (value: unknown) => Dialog,
): Dialog {
  const label = plainLine(schema.title ?? name);
  const body = [
    { text: message },
    { text: `${label}${isRequired ? '' : ' (may stay empty)'}` },
    ...(schema.description ? [{ text: schema.description, look: 'dim' as const }] : []),
  ];
  const go = (value: unknown) => (state: State) => step(reopenDialog(state, next(value)));
  const options = choicesOf(schema);
  if (options) {
    const { values, isMany, chosen } = options;
    const skip: Choice[] = isRequired || isMany ? [] : [{ label: 'Leave empty', choose: go(undefined) }];
    const rows = values.map(
      ({ value, title }): Choice => ({
        label: plainLine(title),
        ...(isMany ? { isChecked: chosen.includes(value) } : {}),
        choose: go(value),
      }),
    );
    const valueOf = (choice: Choice) => values[rows.findIndex(({ label }) => label === choice.label)]?.value;
    return {
      ...common,
      body,
      kind: 'select',
      choices: [...rows, ...skip],
      selected: Math.max(
        0,
        values.findIndex(({ value }) => chosen.includes(value)),
      ),
      ...(isMany
        ? {
            hint: 'space marks, enter goes on',
            finish: (state: State, marked: readonly Choice[]) => go(marked.map(valueOf))(state),
          }
        : {}),
    };
  }
  const initial = defaultText(schema);
  const dialog: Dialog = {
    ...common,
    body,
    kind: 'prompt',
    draft: { ...EMPTY_DRAFT, buffer: bufferOf(initial) },
    submit(state, text) {
      if (text === '' && !isRequired) return go(undefined)(state);
      const checked = checkText(schema, text);
      if ('value' in checked) return go(checked.value)(state);
      const again = {
        ...dialog,
        body: [...body, { text: checked.problem, look: 'warn' as const }],
        draft: { ...EMPTY_DRAFT, buffer: bufferOf(text) },
      };
      return step(reopenDialog(state, again));
    },
  };
  return dialog;
}
