/** Words of the server, which begin small and end without a stop, as a sentence. */
export function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]["”]?$/.test(capital) ? capital : `${capital}.`;
}
