import classes from "./Phone.module.css";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

/** The twelve keys of a telephone. */
export function Keypad({ label, onPress }: { label: string; onPress: (digit: string) => void }) {
  return (
    <div role="group" aria-label={label} className={classes.keypad}>
      {KEYS.map((digit) => (
        <button key={digit} type="button" className={classes.key} onClick={() => onPress(digit)}>
          {digit}
        </button>
      ))}
    </div>
  );
}
