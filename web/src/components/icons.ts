// The icons of the product, in one place, so that one meaning keeps one picture.
export {
  Activity, ArrowDownRight, ArrowRight, ArrowUpRight, Ban, Bell, Bookmark, Bot, Boxes, Check, ChevronDown, ChevronLeft,
  ChevronRight, CircleAlert, CircleCheck, CircleDashed, CircleDot, CirclePause, CirclePlay, CircleX, Clock3, Command,
  Contrast, Copy, Download, Ellipsis, Eye, EyeOff, Gauge, Hand, Inbox, Info, Languages, LayoutDashboard, ListChecks, Lock, LogOut, Menu, Minus,
  Monitor, Moon, OctagonX, Package, PanelLeftClose, PanelLeftOpen, Pause, Pin, Play, Plus, RefreshCw, RotateCcw, Search,
  Settings2, ShieldAlert, ShieldCheck, ShieldX, ShoppingCart, SlidersHorizontal, Sun, Table2, Timer, TrendingUp,
  TriangleAlert, Truck, Undo2, User, Users, Wifi, WifiOff, X, Zap,
} from "lucide-react";
export type { LucideIcon } from "lucide-react";
