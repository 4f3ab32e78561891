/** What a patient agrees to. A change of these words is a new version (accounts/commands/consents.ts). */
export const CONSENT_TEXT =
  "It lets your doctor consult with you online, and keep what you tell them and their notes, so that they can treat you. Nobody else gets to read it.";
