// Imported where its styles are waited for: the browser has them before what is shown by them.
import "./mantineMore.css";
