import type { ReactNode } from "react";
import type { Page } from "../../api/everything";

/** Parameters of a list as the API takes them. */
export type Params = Partial<Record<string, string>>;

/** Where a row stands by one column; what has none stands first. */
export type Rank = number | bigint | undefined;

/** One column. `text` is what is exported, and what is sorted and searched by where the page does that. */
export type Column<Row> = {
  id: string;
  title: string;
  text: (row: Row) => string;
  cell?: (row: Row) => ReactNode;
  /** What the page sorts by where the text is in no order: moments, lengths of time and money. */
  order?: (row: Row) => Rank;
  /** The field that the API sorts by. */
  sort?: string;
  /** Shown only when somebody asks for it. */
  isHidden?: boolean;
  /** Share of the width; 1 if nothing is said. */
  width?: number;
};

/** A filter, shown as a chip. */
export type Filter = {
  /** The parameter of the API. */
  id: string;
  title: string;
  /** What can be chosen; free text if nothing is named. */
  choices?: readonly { value: string; label: string }[];
};

/** Who searches, sorts and pages: the API where it can, and otherwise the page, which then reads the whole list. */
export type Where<Row> =
  | {
      by: "api";
      /** Parameters that find a free text; none where the API finds none. */
      search?: (text: string) => Params;
      load: (query: { params: Params; cursor: string | undefined; signal: AbortSignal }) => Promise<Page<Row>>;
    }
  | {
      by: "page";
      load: (query: { cursor: string | undefined; signal: AbortSignal }) => Promise<Page<Row>>;
    };

/** What there is to know of a list. */
export type ListDefinition<Row> = {
  /** Names the list in what is kept and exported. */
  name: string;
  /** What else decides which rows there are, such as the time that a report is about. */
  about?: string;
  tenant: string;
  where: Where<Row>;
  columns: readonly Column<Row>[];
  filters?: readonly Filter[];
  idOf: (row: Row) => string;
  /** What a row is called, for whoever can't see it. */
  nameOf: (row: Row) => string;
  /** Kinds of objects whose changes the list shows. */
  nouns: readonly string[];
};
