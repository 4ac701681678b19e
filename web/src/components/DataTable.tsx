// A table of records: sticky head, sorting on the server, rows that open, selection, and cards on a phone.
import Box from "@mui/material/Box";
import Checkbox from "@mui/material/Checkbox";
import Skeleton from "@mui/material/Skeleton";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import TableSortLabel from "@mui/material/TableSortLabel";
import useMediaQuery from "@mui/material/useMediaQuery";
import type { MouseEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  align?: "right";
  width?: number | string;
  /** The field's name on the server, where the list can be sorted by it. */
  sortBy?: string;
  /** Hidden on windows narrower than this. */
  from?: "md" | "lg";
}

export interface Selection<Row> {
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  name: (row: Row) => string;
}

interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined while the first rows load. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  /** The address that a row opens; the first column carries the link. */
  to?: (row: Row) => string;
  /** The row that is open in the side panel. */
  openKey?: string;
  sort?: string;
  onSort?: (sort: string) => void;
  selection?: Selection<Row>;
  /** The row on a phone. */
  card: (row: Row) => ReactNode;
  empty: ReactNode;
  waitingRows?: number;
}

const linkStyle = { color: "inherit", textDecoration: "none", display: "block" };
const shows = (from: Column<unknown>["from"]) => (from ? { display: { xs: "none", [from]: "table-cell" } } : {});

function Head<Row>({ columns, rows, rowKey, sort, onSort, selection }: DataTableProps<Row>) {
  const { t } = useTranslation("words");
  const keys = (rows ?? []).map(rowKey);
  const all = keys.length > 0 && keys.every((key) => selection?.chosen.has(key));
  const some = keys.some((key) => selection?.chosen.has(key));
  const field = sort?.replace("-", "");
  const direction = sort?.startsWith("-") ? "desc" : "asc";
  return (
    <TableHead>
      <TableRow>
        {selection ? (
          <TableCell padding="checkbox">
            <Checkbox
              size="small"
              checked={all}
              indeterminate={some && !all}
              onChange={() => selection.onChange(new Set(all ? [] : keys))}
              slotProps={{ input: { "aria-label": t("table.selectAll") } }}
            />
          </TableCell>
        ) : null}
        {columns.map(({ key, header, align, width, sortBy, from }) => (
          <TableCell key={key} align={align} sx={{ width, ...shows(from) }} sortDirection={sortBy && field === sortBy ? direction : false}>
            {sortBy && onSort ? (
              <TableSortLabel
                active={field === sortBy}
                direction={field === sortBy ? direction : "desc"}
                onClick={() => onSort(field === sortBy && direction === "desc" ? sortBy : `-${sortBy}`)}
              >
                {header}
              </TableSortLabel>
            ) : (
              header
            )}
          </TableCell>
        ))}
      </TableRow>
    </TableHead>
  );
}

function Row<Row>({ row, columns, rowKey, to, openKey, selection }: DataTableProps<Row> & { row: Row }) {
  const { t } = useTranslation("words");
  const navigate = useNavigate();
  const key = rowKey(row);
  const chosen = selection?.chosen.has(key) ?? false;
  const toggle = () => {
    const next = new Set(selection?.chosen);
    if (!next.delete(key)) next.add(key);
    selection?.onChange(next);
  };
  const open = (event: MouseEvent<HTMLElement>) => {
    const inside = (event.target as HTMLElement).closest("a, button, input, label");
    if (to && !inside && !window.getSelection()?.toString()) void navigate(to(row));
  };
  return (
    <TableRow hover={to !== undefined} selected={chosen || key === openKey} onClick={open} sx={{ cursor: to ? "pointer" : undefined }}>
      {selection ? (
        <TableCell padding="checkbox">
          <Checkbox
            size="small"
            checked={chosen}
            onChange={toggle}
            slotProps={{ input: { "aria-label": t("table.select", { name: selection.name(row) }) } }}
          />
        </TableCell>
      ) : null}
      {columns.map(({ key: column, cell, align, from }, index) => (
        <TableCell key={column} align={align} sx={{ fontVariantNumeric: "tabular-nums", ...shows(from) }}>
          {to && index === 0 ? (
            <Link to={to(row)} style={linkStyle}>
              {cell(row)}
            </Link>
          ) : (
            cell(row)
          )}
        </TableCell>
      ))}
    </TableRow>
  );
}

function Cards<Row>({ label, rows, rowKey, to, card, waitingRows = 8 }: DataTableProps<Row>) {
  const line = { px: 2, py: 1.5, borderBottom: 1, borderColor: "divider", display: "block", color: "inherit", textDecoration: "none" };
  return (
    <Box component="ul" aria-label={label} sx={{ listStyle: "none", m: 0, p: 0 }}>
      {rows
        ? rows.map((row) => (
            <li key={rowKey(row)}>
              {to ? (
                <Box component={Link} to={to(row)} sx={line}>
                  {card(row)}
                </Box>
              ) : (
                <Box sx={line}>{card(row)}</Box>
              )}
            </li>
          ))
        : Array.from({ length: waitingRows }, (_, index) => (
            <Box component="li" key={index} sx={line}>
              <Skeleton height={20} />
              <Skeleton height={20} width="60%" />
            </Box>
          ))}
    </Box>
  );
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, selection, empty, waitingRows = 12 } = props;
  const phone = useMediaQuery("(max-width: 699.95px)", { noSsr: true });
  if (rows?.length === 0) return empty;
  if (phone) return <Cards {...props} />;
  return (
    <TableContainer sx={{ overflowX: "auto" }}>
      <Table stickyHeader aria-label={label} aria-busy={rows === undefined}>
        <Head {...props} />
        <TableBody>
          {rows
            ? rows.map((row) => <Row key={rowKey(row)} row={row} {...props} />)
            : Array.from({ length: waitingRows }, (_, index) => (
                <TableRow key={index}>
                  {selection ? <TableCell padding="checkbox" /> : null}
                  {columns.map(({ key, from }) => (
                    <TableCell key={key} sx={shows(from)}>
                      <Skeleton height={22} />
                    </TableCell>
                  ))}
                </TableRow>
              ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
