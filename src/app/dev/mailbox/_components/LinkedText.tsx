const URL_IN_TEXT = /(https?:\/\/[^\s]+)/;

/** Shows the text of a message with its URLs as links. */
export function LinkedText({ text, className }: { text: string; className?: string }) {
  return (
    <div className={className}>
      {text.split("\n\n").map((paragraph) => (
        <p key={paragraph}>
          {paragraph.split(URL_IN_TEXT).map((part) =>
            URL_IN_TEXT.test(part) ? (
              <a key={part} href={part}>
                {part}
              </a>
            ) : (
              part
            ),
          )}
        </p>
      ))}
    </div>
  );
}
