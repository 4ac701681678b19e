// The icons of the product, in one place, so that one meaning keeps one picture.
export {
  Activity, AlarmClock, ArrowDownRight, ArrowRight, ArrowUpRight, Ban, Bell, Bookmark, Bot, Boxes, Braces, Check, ChevronDown, ChevronLeft,
  ChevronRight, CircleAlert, CircleCheck, CircleDashed, CircleDot, CirclePause, CirclePlay, CircleX, Clock3, Command,
  Contrast, Copy, Cpu, Download, Ellipsis, Eye, EyeOff, Flag, Gauge, Hand, Inbox, Info, Languages, Layers, LayoutDashboard, ListChecks, ListOrdered, Lock, LogOut, MemoryStick, Menu, Minus,
  Monitor, Moon, OctagonX, Package, PanelLeftClose, PanelLeftOpen, Pause, Pin, Play, Plus, RefreshCw, RotateCcw, Search,
  Server, Settings2, ShieldAlert, ShieldCheck, ShieldX, ShoppingCart, SlidersHorizontal, Siren, SkipForward, Split, Stethoscope, Sun, Table2, Timer, TrendingUp,
  TriangleAlert, Truck, Undo2, User, Users, Unplug, Wifi, WifiOff, Workflow, X, Zap,
} from "lucide-react";
export type { LucideIcon } from "lucide-react";
