"""What a web page shows around its article: bars of links, buttons, the path to the page, who runs the site.

Told by the words alone, so that pages saved as text or printed to a file are understood as well.
"""

from __future__ import annotations

import re

from measures.importing.document import BlockKind, Document

_BUTTON = re.compile(
    r"(?:返回|回到)(?:首页|顶部|列表|上[一]?页|上级)?|打印(?:本页|此页|页面|正文|本文|文章)?|关闭(?:窗口|本页|页面|此页)?|收藏(?:本页|此页)?|加入收藏|设为首页|一键分享|分享(?:至|到|给)?|"
    r"微信|微博|新浪微博|腾讯微博|QQ(?:空间|好友|群)?|朋友圈|人人网|豆瓣|钉钉|字体|字号|[大中小]|(?:我要|网站|页面)?纠错|网站地图|站点地图|联系我们|关于我们|(?:网站|法律|免责)声明|隐私(?:声明|保护|政策)|"
    r"使用帮助|网站帮助|无障碍(?:浏览|阅读|模式)?|长者(?:模式|版|专区)?|关怀版|适老(?:版|化)|繁[體体](?:版|中文)?|简体(?:版|中文)?|English|登录|注册|复制链接|"
    r"(?:微信)?扫一扫.{0,20}|用手机.{0,14}|在手机(?:上)?打开当前页(?:面)?|听全文|朗读|播放|暂停"
)
_PARTS = re.compile(r"[\s\u3000｜|/·•>»›＞【】\[\]（）()：:,，、]+")
_OF_SITES = re.compile(
    r"(?:网站)?首页|走进.{2,6}|.{0,4}新闻(?:中心|动态|资讯)?|要闻(?:动态)?|政务(?:公开|服务|动态|要闻)|政府信息公开|信息公开|办事(?:服务|大厅)|网上办事|(?:政民)?互动(?:交流)?|"
    r"公众参与|专题(?:专栏)?|数据(?:开放|发布)|政策(?:文件|法规|解读)?|机构(?:职能|设置|概况)|领导(?:之窗|介绍|信息)|解读回应|营商环境|投资.{2,4}|旅游.{0,4}|.{2,4}概况|.{2,4}之窗|移动端|个人中心"
)
_PATH = re.compile(r"^(?:您|你)?(?:当前|现在|目前)?的?(?:所在)?位置[：:是].{0,120}$|^(?:网站)?首页\s*[>＞›»/].{0,120}$")
_FOOT = re.compile(
    r"ICP[备证]|公网安备|网站标识码|版权所有|[Cc]opyright|©|\d{3,4}\s*[*×xX]\s*\d{3,4}(?:以上)?\s*(?:的?屏幕)?分辨率|支持\s*IPv6",
    re.IGNORECASE,
)
_SITE = re.compile(r"(?:欢迎(?:访问|光临))?[\u4e00-\u9fff]{2,20}(?:门户网站|政府网站|官方网站|政务网)")
_RUNS_THE_SITE = re.compile(
    r"^(?:主办|承办|协办|主管|运维|维护|管理|技术支持|地址|联系地址|邮编|邮政编码|电话|联系电话|传真|邮箱|网址)(?:单位|部门)?[：:]"
)
_LONGEST, _LONGEST_LINK = 160, 12
_FEWEST_LINKS = 3


def is_furniture(line: str) -> bool:
    """Whether a line belongs to the page around an article and says nothing of it."""
    if len(line) > _LONGEST or "。" in line:
        return False
    if _PATH.match(line) or _FOOT.search(line) or _SITE.fullmatch(line):
        return True
    parts = [part for part in _PARTS.split(line) if part]
    if not parts:
        return False
    if all(_BUTTON.fullmatch(part) for part in parts) and any(len(part) > 1 for part in parts):
        return True
    if len(parts) < _FEWEST_LINKS or any(len(part) > _LONGEST_LINK for part in parts):
        return False
    known = sum(bool(_OF_SITES.fullmatch(part) or _BUTTON.fullmatch(part)) for part in parts)
    barred = bool(re.search("[｜|]", line)) or parts[0] in ("首页", "网站首页")
    return barred and known >= max(2, len(parts) / 2)


def runs_the_site(line: str) -> bool:
    """Whether a line says who keeps a site (主办：…, 地址：…), if other signs of a page stand beside it."""
    return _RUNS_THE_SITE.match(line) is not None and len(line) <= _LONGEST


def furniture_of(document: Document) -> set[int]:
    """Give the places of the lines that a page shows around its article; who runs the site (主办：…) only at the end of it."""
    found = {block.start for block in document.blocks if block.kind is BlockKind.PARAGRAPH and is_furniture(document.quote(block))}
    if not found:
        return found
    closing: set[int] = set()
    for block in reversed(document.blocks):
        if block.start not in found and not (block.kind is BlockKind.PARAGRAPH and runs_the_site(document.quote(block))):
            break
        closing.add(block.start)
    return found | closing if closing & found else found


def is_bar_of_links(text: str, linked: int) -> bool:
    """Whether a line is nothing but short links: the sign of a menu.

    Args:
        text: the line.
        linked: how many of its characters, blanks not counted, are links.
    """
    parts = [part for part in _PARTS.split(text) if part]
    whole = linked > 0 and linked >= sum(map(len, parts))
    return whole and all(len(part) <= _LONGEST_LINK for part in parts) and not re.search(r"[。；;《》]|\d{4}年|^附", text)
