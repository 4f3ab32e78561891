const URL_IN_TEXT = /(https?:\/\/[^\s]+)/;

/** A message's text as it was written, with its addresses as links. */
export function LinkedText({ text, className }: { text: string; className?: string }) {
  return (
    <div className={className}>
      {text.split("\n\n").map((paragraph) => (
        <p key={paragraph}>
          {paragraph
            .split(URL_IN_TEXT)
            .map((part) => (URL_IN_TEXT.test(part) ? <Link key={part} href={part} /> : part))}
        </p>
      ))}
    </div>
  );
}

const Link = ({ href }: { href: string }) => <a href={href}>{href}</a>;
