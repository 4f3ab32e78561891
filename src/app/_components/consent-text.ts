/** What a patient agrees to. If you change this text, raise its version in accounts/commands/consents.ts. */
export const CONSENT_TEXT =
  "It lets your doctor consult with you online, and keep what you tell them and their notes, so that they can treat you. Nobody else gets to read it.";
